/**
 * Whether to stay awake for what one waits for: to be woken takes longer than a small call does, but
 * who stays awake keeps a core from others. So it is done for a moment at most, and only while what
 * is waited for mostly comes within one.
 */

/** Nobody stays awake for longer. */
const MOMENT_MS = 0.15;
/** What comes so soon though both sides had to be woken would come within a moment. */
const SOON_MS = 0.5;
/** So much comes soon before it is tried again; twice as much after each time in vain. */
const LOSS_MIN = 4;
const LOSS_MAX = 64;
const SCORE_MAX = 8;

export class Eagerness {
  #score = 0;
  #loss = LOSS_MIN;
  #since = 0;

  /** Whether to stay awake. */
  get pays(): boolean {
    return this.#score > 0;
  }

  /** The waiting begins. */
  begin(): void {
    this.#since = performance.now();
  }

  /** Whether the moment is not over yet. */
  get inTime(): boolean {
    return performance.now() - this.#since < MOMENT_MS;
  }

  /** What was waited for is here. */
  came(): void {
    const took = performance.now() - this.#since;
    if (this.#score <= 0) {
      if (took < SOON_MS) this.#score++;
    } else if (took < MOMENT_MS) {
      if (this.#score < SCORE_MAX) this.#score++;
      this.#loss = LOSS_MIN;
    } else {
      this.#score -= this.#loss;
      if (this.#loss < LOSS_MAX) this.#loss *= 2;
    }
  }
}
