/** What a worker does before it is ended in good order; at one place for all copies of this. */
const KEY = Symbol.for("skein.workerEnding");

interface Ending {
  /** Ends what the functions of this worker have left running, and resolves when it has. */
  end: (() => Promise<void>) | undefined;
  /** Tells the caller's side that there is something to end. */
  told: (() => void) | undefined;
}

export const ending: Ending = ((globalThis as { [KEY]?: Ending })[KEY] ??= {
  end: undefined,
  told: undefined,
});
