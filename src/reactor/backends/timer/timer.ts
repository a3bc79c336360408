/** Timers only: runs wherever there is setTimeout. */
import type { Backend, Driver, Loop } from "../../backend.ts";

/** Longer delays overflow what setTimeout takes; the reactor then sets the alarm again. */
const LONGEST_MS = 2 ** 31 - 1;

/** A clock that never goes back and an alarm, on setTimeout. */
export class TimerDriver implements Driver {
  readonly #loop: Loop;
  #alarm: ReturnType<typeof setTimeout> | undefined = undefined;
  #keepAlive: ReturnType<typeof setInterval> | undefined = undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  seconds(): number {
    return performance.now() / 1000;
  }

  wallSeconds(): number {
    return Date.now() / 1000;
  }

  wakeAt(when: number): void {
    clearTimeout(this.#alarm);
    // Rounded up: an alarm that goes off early finds nothing due.
    const ms = Math.ceil((when - this.seconds()) * 1000);
    this.#alarm = setTimeout(this.#ring, Math.min(Math.max(ms, 0), LONGEST_MS));
  }

  started(): void {
    this.#keepAlive = setInterval(() => {}, LONGEST_MS);
  }

  sleep(): void {
    clearTimeout(this.#alarm);
    clearInterval(this.#keepAlive);
  }

  readonly #ring = (): void => {
    this.#loop.turn();
  };
}

export const timer: Backend = {
  name: "timer",
  summary: "timers only, on setTimeout; runs in a browser too",
  capabilities: [],
  open: (loop) => new TimerDriver(loop),
};
