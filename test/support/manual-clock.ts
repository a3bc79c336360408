import { createReactor, type DelayedCall } from "skein/reactor";

/** A clock that shows what it is asked for, and can be off. */
export class ManualClock {
  now: number;
  readonly delays: number[] = [];
  call = (): void => {};
  readonly #reactor = createReactor("clock");

  constructor(now: number) {
    this.now = now;
  }

  seconds(): number {
    return this.now;
  }

  callLater(delay: number, action: () => void): DelayedCall {
    this.delays.push(delay);
    this.call = action;
    return this.#reactor.callLater(0, action);
  }
}
