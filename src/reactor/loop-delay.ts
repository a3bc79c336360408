import type { DelayedCall, ReactorTime } from "./capabilities.ts";

/** How often the loop is looked at. */
const PROBE_SECONDS = 0.1;
/** Who has not asked for so long asks no more. */
const IDLE_SECONDS = 120;

/** How late calls came, since it was last asked for. */
export interface LoopDelays {
  readonly meanSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Measures how late the loop is with its delayed calls: by one of its own, ten times a second. It
 * begins when it is first asked, and ends when nobody has asked for two minutes. On virtual time
 * nothing is late.
 */
export class LoopDelayProbe {
  readonly #clock: Pick<ReactorTime, "callLater" | "seconds">;
  #probe: DelayedCall | undefined = undefined;
  #askedAt = 0;
  #sum = 0;
  #count = 0;
  #max = 0;

  constructor(clock: Pick<ReactorTime, "callLater" | "seconds">) {
    this.#clock = clock;
  }

  /** What was measured since the last time; zeros the first time. */
  take(): LoopDelays {
    const delays = {
      meanSeconds: this.#count === 0 ? 0 : this.#sum / this.#count,
      maxSeconds: this.#max,
    };
    this.#sum = this.#count = this.#max = 0;
    this.#askedAt = this.#clock.seconds();
    if (this.#probe?.active !== true) this.#begin();
    return delays;
  }

  stop(): void {
    if (this.#probe?.active === true) this.#probe.cancel();
  }

  #begin(): void {
    const due = this.#clock.seconds() + PROBE_SECONDS;
    this.#probe = this.#clock.callLater(PROBE_SECONDS, () => {
      const now = this.#clock.seconds();
      const delay = Math.max(0, now - due);
      this.#sum += delay;
      this.#count++;
      this.#max = Math.max(this.#max, delay);
      if (now - this.#askedAt < IDLE_SECONDS) this.#begin();
    });
  }
}
