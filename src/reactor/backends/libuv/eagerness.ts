/**
 * Whether to stay awake for what one waits for: to be woken takes longer than a small call does,
 * but who stays awake keeps a core from others. So it is done for a moment at most, and only while
 * what is waited for mostly comes within one.
 */

/** Nobody stays awake for longer. A few wakes more, and the system gives each side its own core. */
const MOMENT_MS = 0.15;
/** What comes so soon though both sides had to be woken may come within a moment. */
const SOON_MS = 0.5;
/** After a wait in vain so many things come soon before the next try; twice as many each time. */
const PATIENCE_MIN = 4;
const PATIENCE_MAX = 256;
/** Each time it was not in vain takes off so much: a dozen make up for one that was. */
const RECOVERY = 15 / 16;

/** Taken when this is loaded: tests put other clocks in its place. */
const now = performance.now.bind(performance);

export class Eagerness {
  readonly #now: () => number;
  #patience = PATIENCE_MIN;
  /** How many things are to come soon before the next try. */
  #left = 1;
  #since = 0;

  /** @param milliseconds the present time. */
  constructor(milliseconds: () => number = now) {
    this.#now = milliseconds;
  }

  /** Whether to stay awake. */
  get pays(): boolean {
    return this.#left === 0;
  }

  /** The waiting begins. */
  begin(): void {
    this.#since = this.#now();
  }

  /** Whether the moment is not over yet. */
  get inTime(): boolean {
    return this.#now() - this.#since < MOMENT_MS;
  }

  /** What was waited for is here. */
  came(): void {
    const took = this.#now() - this.#since;
    if (this.#left > 0) {
      if (took < SOON_MS) this.#left--;
    } else if (took < MOMENT_MS) {
      this.#patience = Math.max(PATIENCE_MIN, this.#patience * RECOVERY);
    } else {
      this.#left = Math.round(this.#patience);
      this.#patience = Math.min(PATIENCE_MAX, this.#patience * 2);
    }
  }
}
