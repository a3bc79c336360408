/** addTimeout, in terms of a Deferred's public methods. */
import type { Deferred } from "./deferred.ts";
import { CancelledError, TimeoutError } from "./errors.ts";
import { Failure } from "./failure.ts";

/** The part of a clock that a timeout needs; every reactor has it. */
export interface TimeoutClock {
  callLater(delaySeconds: number, action: () => void): { cancel(): void; readonly active: boolean };
}

/**
 * Cancels `deferred` after `seconds`. What comes of that goes through `onTimeoutCancel`; unless
 * given, a CancelledError becomes a TimeoutError, and anything else stays as it is.
 */
export function armTimeout<T>(
  deferred: Deferred<T>,
  seconds: number,
  clock: TimeoutClock,
  onTimeoutCancel: (result: T | Failure, seconds: number) => unknown = cancelledToTimeout,
): void {
  let timedOut = false;
  const timer = clock.callLater(seconds, () => {
    timedOut = true;
    deferred.cancel();
  });
  deferred
    .addBoth((result) => (timedOut ? onTimeoutCancel(result, seconds) : result))
    .addBoth((result) => {
      if (timer.active) timer.cancel();
      return result;
    });
}

function cancelledToTimeout(result: unknown, seconds: number): unknown {
  if (!(result instanceof Failure)) return result;
  result.trap(CancelledError);
  throw new TimeoutError(`no result in ${seconds} seconds`, { cause: result.value });
}
