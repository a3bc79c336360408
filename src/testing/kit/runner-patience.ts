import { afterRealSeconds } from "./real-work.ts";

/** So much of the runner's time, and no more than so many seconds, are left for tidying up. */
const RESERVE = 0.1;
const RESERVE_SECONDS_MAX = 0.5;
/** What begins when the time is over, a cleanup, has so many seconds all the same. */
const BEHIND_SECONDS = 5;

/**
 * The real time that a runner gives to a test, from now on. The kit ends a test shortly before: it
 * knows more to say, and a test that its runner gave up would go on beside the next ones.
 */
export class RunnerPatience {
  /** The seconds in which a test is to end; Infinity where the runner waits for ever. */
  readonly seconds: number;
  /** Whether they are over. */
  over = false;
  /** Looks no longer. */
  readonly close: () => void;
  readonly #listeners = new Set<() => void>();

  /** @param ms none, 0 or Infinity where the runner waits for ever. */
  constructor(ms: number | undefined) {
    const given = ms !== undefined && ms > 0 ? ms / 1000 : Infinity;
    this.seconds = given - Math.min(given * RESERVE, RESERVE_SECONDS_MAX);
    this.close = this.seconds < Infinity ? afterRealSeconds(this.seconds, this.#end) : () => {};
  }

  /** Calls `listener` when they are over, until the returned function is called. */
  onOver(listener: () => void): () => void {
    if (this.over) return afterRealSeconds(BEHIND_SECONDS, listener);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  readonly #end = (): void => {
    this.over = true;
    for (const listener of Array.from(this.#listeners)) listener();
  };
}
