import { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";

/**
 * Has a worker do one of the chunks; undefined if that has to wait until another of them has ended,
 * as it must not if it is alone.
 */
export type CallChunk = (index: number, alone: boolean) => Deferred<unknown> | undefined;

/**
 * The results of all chunks, in their order. A few are under way at a time, so that others find the
 * queue of the pool empty enough. The first failure is that of all, and cancels those under way; so
 * does cancelling.
 *
 * @param window how many are under way at the most.
 */
export function mapChunks(
  count: number,
  window: number,
  callChunk: CallChunk,
): Deferred<unknown[]> {
  const underWay = new Set<Deferred<unknown>>();
  const results: unknown[] = [];
  let next = 0;
  let ended = 0;
  const cancelAll = (): void => {
    for (const call of underWay) call.cancel();
  };
  const outcome = new Deferred<unknown[]>(cancelAll);
  const begin = (index: number, call: Deferred<unknown>): void => {
    underWay.add(call);
    call.addBoth((result) => {
      underWay.delete(call);
      if (outcome.called) return;
      if (result instanceof Failure) {
        outcome.errback(result);
        cancelAll();
        return;
      }
      results[index] = result;
      if (++ended === count) outcome.callback(results);
      else feed();
    });
  };
  const feed = (): void => {
    while (next < count && underWay.size < window && !outcome.called) {
      const call = callChunk(next, underWay.size === 0);
      if (call === undefined) return;
      begin(next++, call);
    }
  };
  if (count === 0) outcome.callback(results);
  feed();
  return outcome;
}
