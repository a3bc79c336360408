import { Deferred } from "./deferred.ts";

/** A Deferred that has already fired with `value`. */
export function succeed<T>(value: T): Deferred<T> {
  const deferred = new Deferred<T>();
  deferred.callback(value);
  return deferred;
}

/** A Deferred that has already failed with `error` (anything that can be thrown, or a Failure). */
export function fail(error: unknown): Deferred<never> {
  const deferred = new Deferred<never>();
  deferred.errback(error);
  return deferred;
}
