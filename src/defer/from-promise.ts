import { Deferred, fireRaw, fromPromise as adopt } from "./deferred.ts";
import { CancelledError } from "./errors.ts";

/**
 * A Deferred for the outcome of a promise, or of the promise that a function makes. An outcome is
 * passed on in a microtask, as promises do it.
 *
 * The function is called at once, with a signal that is aborted when the Deferred is cancelled; its
 * `reason` is the CancelledError; a Deferred that it returns is cancelled too. What the function
 * throws fails the Deferred. A promise alone cannot be told to stop. Either way the Deferred fails
 * with CancelledError as soon as it is cancelled: it does not wait for the work to end, and what
 * comes of that is ignored.
 *
 * ```ts
 * import { fromPromise } from "skein/defer";
 *
 * const work = async (signal: AbortSignal): Promise<string> => {
 *   signal.addEventListener("abort", () => console.log("stopped"));
 *   await new Promise(() => {}); // fetch(url, { signal }), say
 *   return "never";
 * };
 * const page = fromPromise(work);
 * page.addErrback((failure) => console.log(failure.message));
 * page.cancel();
 * // → stopped
 * // → CancelledError: the operation was cancelled
 * ```
 */
export function fromPromise<T>(
  source: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>),
): Deferred<T> {
  if (typeof source === "function" && !("then" in source)) return begin(source);
  return adopt(source as PromiseLike<T>);
}

function begin<T>(start: (signal: AbortSignal) => PromiseLike<T>): Deferred<T> {
  const controller = new AbortController();
  let work: PromiseLike<T> | undefined;
  const deferred = new Deferred<T>(() => {
    const error = new CancelledError();
    controller.abort(error);
    if (work instanceof Deferred) work.cancel();
    // Unless a listener of the signal has fired it.
    if (!deferred.called) deferred.errback(error);
  });
  try {
    work = start(controller.signal);
    adopt(work).addBoth((result) => {
      if (!deferred.called) fireRaw(deferred, result);
    });
  } catch (error) {
    deferred.errback(error);
  }
  return deferred;
}
