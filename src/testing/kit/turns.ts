/**
 * Tests with a reactor run one after another, also where a runner begins several at once: what
 * nobody handles has no address, so that of two tests at a time nobody knew whose it is.
 */
let last: Promise<unknown> = Promise.resolve();

/** Calls `test` when all that came before have ended, however they did. */
export function inTurn<T>(test: () => Promise<T>): Promise<T> {
  const turn = last.then(test);
  last = turn.catch(() => {});
  return turn;
}
