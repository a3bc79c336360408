import type { Deferred } from "./deferred.ts";

/** Called by `cancel()`: stop the work, and fire the Deferred or leave it to be failed. */
export type Canceller<T> = (deferred: Deferred<T>) => void;

/**
 * A canceller returns this when the Deferred stays unfired on purpose: its owner was told of the
 * cancellation and goes on (a coroutine that caught its CancelledError, say).
 */
export const KEEP_WAITING: unique symbol = Symbol("waiting");
