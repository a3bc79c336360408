/** Finds the calls that hold the loop for too long. */
import { BadOptionError } from "../core/errors.ts";
import type { Site } from "./open-things.ts";

/** A call that held the loop for longer than `slowCallbackSeconds`. */
export interface SlowCall {
  /**
   * What the reactor was doing: "running a delayed call", "calling a protocol's dataReceived";
   * "something" when only the watchdog of libuv has seen it, from outside.
   */
  readonly doing: string;
  /** How long it took, by the reactor's clock; how long so far, when only the watchdog saw it. */
  readonly seconds: number;
  /** Where the call was arranged, as a stack; known of delayed calls, with `debug: true`. */
  readonly createdAt: string | undefined;
  /** What the call was doing in the middle, as a stack; known to the watchdog. */
  readonly stack: string | undefined;
}

export class SlowCalls {
  readonly #limitSeconds: number;
  readonly #seconds: () => number;
  readonly #told: (call: SlowCall) => void;
  readonly #stackSince: (began: number) => string | undefined;
  /** How long all those took, together, that were told. */
  #toldSeconds = 0;

  /** @param stackSince what was seen, since then, of what a call was doing. */
  constructor(
    limitSeconds: number,
    seconds: () => number,
    told: (call: SlowCall) => void,
    stackSince: (began: number) => string | undefined,
  ) {
    if (!(limitSeconds > 0)) {
      throw new BadOptionError(`slowCallbackSeconds must be over 0, not ${limitSeconds}`);
    }
    this.#limitSeconds = limitSeconds;
    this.#seconds = seconds;
    this.#told = told;
    this.#stackSince = stackSince;
  }

  /**
   * Makes a call, and tells of it if it was slow, also without those calls in it that were told.
   * What it throws is thrown on.
   */
  time<T>(doing: string, call: () => T, site?: Site): T {
    const began = this.#seconds();
    const toldBefore = this.#toldSeconds;
    try {
      return call();
    } finally {
      const seconds = this.#seconds() - began;
      if (seconds - (this.#toldSeconds - toldBefore) > this.#limitSeconds) {
        this.#toldSeconds = toldBefore + seconds;
        this.#told({ doing, seconds, createdAt: site?.stack, stack: this.#stackSince(began) });
      }
    }
  }

  /** The same object, but that calls of its methods are timed. */
  timed<T extends object>(what: string, callee: T): T {
    return new Proxy(callee, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        const doing = `calling a ${what}'s ${String(key)}`;
        return (...args: unknown[]): unknown =>
          this.time(doing, () => Reflect.apply(value, target, args) as unknown);
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
  }
}
