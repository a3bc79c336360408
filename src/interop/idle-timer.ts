import type { ReactorTime } from "../reactor/capabilities.ts";
import { Deadline } from "./deadline.ts";

/** Notices that nothing has happened for a while, on the reactor's clock. */
export class IdleTimer {
  readonly #deadline: Deadline;
  /** 0 while nobody wants to know. */
  #seconds = 0;

  constructor(clock: Pick<ReactorTime, "callLater" | "seconds">, idle: () => void) {
    this.#deadline = new Deadline(clock, idle);
  }

  /** From now on `idle` is called after so many seconds without a touch; 0: not at all. */
  set(seconds: number): void {
    this.#seconds = seconds;
    if (seconds === 0) this.#deadline.set(Infinity);
    else this.touch();
  }

  /** Something has happened: the time begins anew, also when it was over. */
  touch(): void {
    if (this.#seconds !== 0) this.#deadline.set(this.#seconds);
  }

  cancel(): void {
    this.#seconds = 0;
    this.#deadline.end();
  }
}
