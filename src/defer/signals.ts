/** Cancellation from and to AbortSignal, in terms of a Deferred's public methods. */
import type { Deferred } from "./deferred.ts";
import { CancelledError } from "./errors.ts";
import { Failure } from "./failure.ts";

/**
 * Cancels the Deferred when the signal is aborted; at once, if it is already. As with addTimeout,
 * it is about the handlers that were added before: once they have a result, the signal has nothing
 * to do with the Deferred any more, and holds nothing of it. A CancelledError that comes of it has
 * the signal's `reason` as its `cause`, unless it has another. Returns the same Deferred.
 *
 * ```ts
 * import { Deferred, withSignal } from "skein/defer";
 *
 * const controller = new AbortController();
 * const answer = new Deferred<string>(() => console.log("the work is stopped"));
 * withSignal(answer, controller.signal).addErrback(({ value }) => {
 *   console.log(String(value), "since", (value as Error).cause);
 * });
 * controller.abort("the user left");
 * // → the work is stopped
 * // → CancelledError: the operation was cancelled since the user left
 * ```
 */
export function withSignal<T>(deferred: Deferred<T>, signal: AbortSignal): Deferred<T> {
  let aborted = false;
  const abort = (): void => {
    aborted = true;
    deferred.cancel();
  };
  signal.addEventListener("abort", abort);
  deferred.addBoth((result) => {
    signal.removeEventListener("abort", abort);
    if (aborted) giveCause(result, signal.reason);
    return result;
  });
  // It is not told any more; one that is over takes no notice.
  if (signal.aborted) abort();
  return deferred;
}

/**
 * A signal for what does the Deferred's work, to stop it by: it is aborted when the result, at this
 * place of the chain, is a CancelledError, which is then its `reason`. So it needs no canceller;
 * with one, it is aborted after that, and not if that gives another result.
 *
 * ```ts
 * import { readFile } from "node:fs";
 * import { Deferred, signalOf } from "skein/defer";
 *
 * const text = new Deferred<string>();
 * const signal = signalOf(text);
 * readFile("/etc/hosts", { encoding: "utf8", signal }, (error, data) => {
 *   if (error) text.errback(error);
 *   else text.callback(data);
 * });
 * text.addErrback((failure) => console.log(failure.message, signal.aborted));
 * text.cancel(); // → CancelledError: the operation was cancelled true
 * ```
 */
export function signalOf(deferred: Deferred<unknown>): AbortSignal {
  const controller = new AbortController();
  deferred.addErrback((failure) => {
    if (failure.value instanceof CancelledError) controller.abort(failure.value);
    return failure;
  });
  return controller.signal;
}

function giveCause(result: unknown, reason: unknown): void {
  const error: unknown = result instanceof Failure && result.value;
  if (!(error instanceof CancelledError) || error.cause !== undefined) return;
  // What heeds a signal may fail with its reason: an error is not its own cause.
  if (error !== reason) error.cause = reason;
}
