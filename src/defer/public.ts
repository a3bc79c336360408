/** What skein/defer has everywhere: in Node and in browsers. */
export { captureContext, NoContextError, type TakeSnapshot } from "../core/context.ts";
export { getDebugging, setDebugging } from "../core/debugging.ts";
export { SkeinError } from "../core/errors.ts";
export type { Canceller } from "./canceller.ts";
export type { Chained } from "./chained.ts";
export { Deferred } from "./deferred.ts";
export { AlreadyCalledError, CancelledError, TimeoutError } from "./errors.ts";
export { type ErrorClass, Failure } from "./failure.ts";
export type { History } from "./history.ts";
export { type Coroutine, inlineCallbacks } from "./inline-callbacks.ts";
export { fail, succeed } from "./fired.ts";
export { execute, maybeDeferred } from "./maybe-deferred.ts";
export { onUnhandledFailure, type UnhandledHandler } from "./unhandled.ts";
export { Acquirable, NotAcquiredError } from "./acquirable.ts";
export {
  DeferredList,
  type DeferredListOptions,
  FirstError,
  type Outcome,
} from "./deferred-list.ts";
export { DeferredLock } from "./deferred-lock.ts";
export { DeferredQueue, QueueOverflowError, QueueUnderflowError } from "./deferred-queue.ts";
export { DeferredSemaphore } from "./deferred-semaphore.ts";
export { AlreadyTryingToLockError, NoFilesystemError } from "./filesystem-errors.ts";
export { fork } from "./fork.ts";
export { fromPromise } from "./from-promise.ts";
export { type Gathered, gatherResults } from "./gather-results.ts";
export { FailureGroup, race } from "./race.ts";
export { shield } from "./shield.ts";
export { signalOf, withSignal } from "./signals.ts";
export type { TimeoutClock } from "./timeout.ts";
export { toPromise } from "./to-promise.ts";
