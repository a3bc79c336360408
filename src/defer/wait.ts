import type { Deferred } from "./deferred.ts";

/** The iterator behind `yield* deferred`: yields the Deferred, returns what is sent back. */
export class Wait<T> implements Iterator<Deferred<T>, T, unknown> {
  #deferred: Deferred<T> | undefined;

  constructor(deferred: Deferred<T>) {
    this.#deferred = deferred;
  }

  next(result: unknown): IteratorResult<Deferred<T>, T> {
    const value = this.#deferred;
    if (value === undefined) return { done: true, value: result as T };
    this.#deferred = undefined;
    return { done: false, value };
  }

  throw(error: unknown): never {
    throw error;
  }
}
