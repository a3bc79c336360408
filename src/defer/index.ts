/** Deferreds: results that are not there yet. Usable alone: nothing here needs a reactor. */
export { SkeinError } from "../core/errors.ts";
export type { Canceller } from "./canceller.ts";
export type { Chained } from "./chained.ts";
export { Deferred, fromPromise } from "./deferred.ts";
export { AlreadyCalledError, CancelledError, TimeoutError } from "./errors.ts";
export { type ErrorClass, Failure } from "./failure.ts";
export { type Coroutine, inlineCallbacks } from "./inline-callbacks.ts";
export { fail, maybeDeferred, succeed } from "./maybe-deferred.ts";
export { onUnhandledFailure, type UnhandledHandler } from "./unhandled.ts";
