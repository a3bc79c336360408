import type { Chained } from "./chained.ts";
import { Deferred, fromPromise } from "./deferred.ts";
import type { Failure } from "./failure.ts";
import { asPromise } from "./thenable.ts";

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

/**
 * Calls `f` and gives its outcome as a Deferred, whatever it is: a value, a Failure, a thrown
 * error, a promise, or a Deferred (which is passed through as it is).
 *
 * ```ts
 * import { maybeDeferred } from "skein/defer";
 *
 * maybeDeferred(JSON.parse, "{").addErrback((failure) => {
 *   console.log(failure.check(SyntaxError) === SyntaxError); // → true
 * });
 * ```
 */
export function maybeDeferred<A extends unknown[], R>(
  f: (...args: A) => R,
  ...args: A
): Deferred<Chained<R>> {
  try {
    const result: unknown = f(...args);
    if (result instanceof Deferred) return result as Deferred<Chained<R>>;
    const promise = typeof result === "object" && result !== null ? asPromise(result) : undefined;
    if (promise !== undefined) return fromPromise(promise) as Deferred<Chained<R>>;
    return succeed(result as Chained<R>);
  } catch (error) {
    return fail(error);
  }
}

/**
 * Calls `f` and gives a Deferred that has fired: with what `f` returned, or failed with what it
 * threw. A promise is a value as any other; a Deferred cannot be one, see {@link maybeDeferred}.
 *
 * ```ts
 * import { execute } from "skein/defer";
 *
 * execute(Number.parseInt, "ff", 16).addCallback((n) => console.log(n)); // → 255
 * ```
 *
 * @throws TypeError when `f` returns a Deferred.
 */
export function execute<A extends unknown[], R>(
  f: (...args: A) => R,
  ...args: A
): Deferred<Exclude<R, Failure>> {
  let result: R;
  try {
    result = f(...args);
  } catch (error) {
    return fail(error);
  }
  return succeed(result as Exclude<R, Failure>);
}
