import type { DelayedCall } from "../reactor/capabilities.ts";
import type { VirtualTimer, VirtualTimers } from "./timers.ts";

/** A timer of the process as a delayed call, for sockets that have no reactor yet. */
export class DelayedTimer implements DelayedCall {
  readonly #action: () => void;
  readonly #timers: VirtualTimers;
  readonly #seconds: () => number;
  #timer: VirtualTimer;
  #due: number;

  constructor(delay: number, action: () => void, timers: VirtualTimers, seconds: () => number) {
    this.#action = action;
    this.#timers = timers;
    this.#seconds = seconds;
    this.#due = seconds() + delay;
    this.#timer = this.#start();
  }

  getTime(): number {
    return this.#due;
  }

  get active(): boolean {
    return this.#timers.isWaiting(this.#timer);
  }

  cancel(): void {
    this.#timer.close();
  }

  delay(seconds: number): void {
    this.#moveTo(this.#due + seconds);
  }

  reset(seconds: number): void {
    this.#moveTo(this.#seconds() + seconds);
  }

  #moveTo(due: number): void {
    this.#timer.close();
    this.#due = due;
    this.#timer = this.#start();
  }

  #start(): VirtualTimer {
    const delayMs = (this.#due - this.#seconds()) * 1000;
    return this.#timers.start("setTimeout", this.#action, delayMs, []);
  }
}
