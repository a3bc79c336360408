/** What a Deferred has, for tests that know that it has it by now; by their names in Twisted. */
import type { Deferred } from "../defer/deferred.ts";
import { type ErrorClass, Failure } from "../defer/failure.ts";
import { historyOf } from "../defer/history.ts";
import { WrongResultError } from "./kit/errors.ts";
import { showValue } from "./kit/show-value.ts";
import { wordFrames } from "./kit/wording.ts";

const NO_RESULT = Symbol("no result");

/** The result that is there, which stays in its place. */
export function lookAt(deferred: Deferred<unknown>): unknown {
  let found: unknown = NO_RESULT;
  deferred.addBoth((result) => {
    found = result;
    return result;
  });
  return found;
}

export function hasNone(result: unknown): boolean {
  return result === NO_RESULT;
}

/** The result in words, for a message. */
export function wordResult(result: unknown): string {
  if (hasNone(result)) return "it has no result";
  if (!(result instanceof Failure)) return `it has succeeded with ${showValue(result)}`;
  return `it has failed with ${result.message}${wordFrames(result.stack)}`;
}

/** A failure that was looked at is the test's, and not reported. */
export function handled(deferred: Deferred<unknown>, result: unknown): void {
  if (result instanceof Failure) deferred.addErrback(() => {});
}

/** Where it was made, as far as that is known. */
export function wordOrigin(deferred: Deferred<unknown>): string {
  const made = wordFrames(historyOf(deferred)?.made);
  return made === "" ? "" : `\n  the Deferred was made${made}`;
}

/**
 * The value that a Deferred has succeeded with; takes it, and leaves undefined in its place.
 *
 * ```ts
 * import { fail, succeed } from "skein/defer";
 * import { failureResultOf, successResultOf } from "skein/testing";
 *
 * console.log(successResultOf(succeed("tea"))); // → tea
 * console.log(failureResultOf(fail(new RangeError("cold")), RangeError).message);
 * // → RangeError: cold
 * try {
 *   failureResultOf(succeed("tea"));
 * } catch (error) {
 *   console.log((error as Error).message);
 * }
 * // → the Deferred was to have failed, but it has succeeded with "tea"
 * ```
 *
 * @throws WrongResultError when it has no result yet, or a failure, which is the `cause`.
 */
export function successResultOf<T>(deferred: Deferred<T>): T {
  const result = lookAt(deferred);
  handled(deferred, result);
  if (hasNone(result) || result instanceof Failure) {
    throw wrong(deferred, "to have succeeded", result);
  }
  deferred.addCallback(() => {});
  return result as T;
}

/**
 * The Failure that a Deferred has failed with, which counts as handled then.
 *
 * @param classes what its error must be an instance of one of, if there are any.
 * @throws WrongResultError when it has no result yet, a value, or another failure.
 */
export function failureResultOf(
  deferred: Deferred<unknown>,
  ...classes: ErrorClass<unknown>[]
): Failure {
  const result = lookAt(deferred);
  handled(deferred, result);
  const expected = classes.map(({ name }) => name).join(" or ");
  const wanted = classes.length === 0 ? "to have failed" : `to have failed with ${expected}`;
  if (!(result instanceof Failure)) throw wrong(deferred, wanted, result);
  if (classes.length > 0 && result.check(...classes) === undefined) {
    throw wrong(deferred, wanted, result);
  }
  return result;
}

/**
 * Sees that a Deferred has no result yet; it may have one later.
 *
 * @throws WrongResultError when it has one, which is taken then if it is a failure.
 */
export function assertNoResult(deferred: Deferred<unknown>): void {
  const result = lookAt(deferred);
  if (hasNone(result)) return;
  handled(deferred, result);
  throw wrong(deferred, "to have no result yet", result);
}

function wrong(deferred: Deferred<unknown>, wanted: string, result: unknown): WrongResultError {
  const message = `the Deferred was ${wanted}, but ${wordResult(result)}${wordOrigin(deferred)}`;
  const cause = result instanceof Failure ? { cause: (result as Failure).value } : undefined;
  return new WrongResultError(message, cause);
}
