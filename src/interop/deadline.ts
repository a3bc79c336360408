import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";

/** Sums of seconds are not exact. */
const EPSILON_SECONDS = 1e-6;

/**
 * A deadline that is set and taken back for each request, at the cost of a look at the clock: the
 * delayed call behind it stays where it is, and finds out when it comes.
 */
export class Deadline {
  readonly #clock: Pick<ReactorTime, "callLater" | "seconds">;
  readonly #missed: () => void;
  #due = Infinity;
  #call: DelayedCall | undefined = undefined;
  /** When the call comes. */
  #callAt = 0;

  constructor(clock: Pick<ReactorTime, "callLater" | "seconds">, missed: () => void) {
    this.#clock = clock;
    this.#missed = missed;
  }

  /**
   * `missed` is called in so many seconds, unless this is called again; Infinity: not at all.
   *
   * @param now what time it is, for who has looked already.
   */
  set(seconds: number, now?: number): void {
    if (seconds === Infinity) {
      this.#due = Infinity;
      return;
    }
    this.#due = (now ?? this.#clock.seconds()) + seconds;
    if (this.#call?.active !== true) this.#wait(seconds);
    else if (this.#callAt > this.#due) {
      this.#callAt = this.#due;
      this.#call.reset(seconds);
    }
  }

  /** It is of no use any more: nothing is left waiting. */
  end(): void {
    this.#due = Infinity;
    if (this.#call?.active === true) this.#call.cancel();
    this.#call = undefined;
  }

  #wait(seconds: number): void {
    this.#callAt = this.#due;
    this.#call = this.#clock.callLater(seconds, () => {
      if (this.#due === Infinity) return;
      const left = this.#due - this.#clock.seconds();
      if (left > EPSILON_SECONDS) {
        this.#wait(left);
        return;
      }
      this.#due = Infinity;
      this.#missed();
    });
  }
}
