import type { Deferred } from "./deferred.ts";
import { withSignal } from "./signals.ts";

/**
 * A promise for the result that the Deferred has at this place of its chain. Like `then()` it
 * leaves the result where it is; a failure is the promise's to handle, from now on. Aborting the
 * signal cancels the Deferred, as {@link withSignal} does.
 *
 * ```ts
 * import { Deferred, toPromise } from "skein/defer";
 *
 * const controller = new AbortController();
 * const promise = toPromise(new Deferred<string>(), { signal: controller.signal });
 * controller.abort();
 * try {
 *   await promise;
 * } catch (error) {
 *   console.log(String(error)); // → CancelledError: the operation was cancelled
 * }
 * ```
 */
export function toPromise<T>(
  deferred: Deferred<T>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<T> {
  return (options.signal ? withSignal(deferred, options.signal) : deferred).then(undefined);
}
