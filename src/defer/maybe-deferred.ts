import type { Chained } from "./chained.ts";
import type { Deferred } from "./deferred.ts";
import type { Failure } from "./failure.ts";
import { fail, succeed } from "./fired.ts";
import { waitable } from "./waitable.ts";

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
    return (waitable(result) ?? succeed(result)) as Deferred<Chained<R>>;
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
