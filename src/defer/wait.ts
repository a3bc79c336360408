import type { Deferred } from "./deferred.ts";
import { Failure } from "./failure.ts";
import { throwAt } from "./route.ts";

/** In the place of a result that is not there yet. */
export const NOT_YET: unique symbol = Symbol("pending");

/**
 * The iterator behind `yield* deferred`. A result that is there is returned, or thrown, at once;
 * else it yields the Deferred, and returns what is sent back.
 */
export class Wait<T> implements Iterator<Deferred<T>, T, unknown> {
  #deferred: Deferred<T> | undefined;
  readonly #ready: unknown;

  /** @param ready the result, taken from the Deferred, or NOT_YET. */
  constructor(deferred: Deferred<T>, ready: unknown) {
    this.#deferred = deferred;
    this.#ready = ready;
  }

  next(sent: unknown): IteratorResult<Deferred<T>, T> {
    const ready = this.#ready;
    // oxlint-disable-next-line unbound-method -- it is only looked for in the stack
    if (ready instanceof Failure) throwAt(ready.value, this.next);
    if (ready !== NOT_YET) return { done: true, value: ready as T };
    const value = this.#deferred;
    if (value === undefined) return { done: true, value: sent as T };
    this.#deferred = undefined;
    return { done: false, value };
  }

  throw(error: unknown): never {
    // oxlint-disable-next-line unbound-method -- it is only looked for in the stack
    throwAt(error, this.throw);
  }
}
