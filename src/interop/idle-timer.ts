import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";

/** Notices that nothing has happened for a while, on the reactor's clock. */
export class IdleTimer {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #idle: () => void;
  /** 0 while nobody wants to know. */
  #seconds = 0;
  #call: DelayedCall | undefined = undefined;

  constructor(clock: Pick<ReactorTime, "callLater">, idle: () => void) {
    this.#clock = clock;
    this.#idle = idle;
  }

  /** From now on `idle` is called after so many seconds without a touch; 0: not at all. */
  set(seconds: number): void {
    this.cancel();
    this.#seconds = seconds;
    this.touch();
  }

  /** Something has happened: the time begins anew, also when it was over. */
  touch(): void {
    if (this.#seconds === 0) return;
    if (this.#call?.active === true) this.#call.reset(this.#seconds);
    else this.#call = this.#clock.callLater(this.#seconds, this.#idle);
  }

  cancel(): void {
    this.#seconds = 0;
    if (this.#call?.active === true) this.#call.cancel();
    this.#call = undefined;
  }
}
