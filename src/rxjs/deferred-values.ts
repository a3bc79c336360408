/** From Observables to Deferreds: one of their values. */
import { Deferred } from "../defer/deferred.ts";
import { EmptyObservableError } from "./errors.ts";
import { type ObservableLike, subscribeTo } from "./observable-like.ts";

export interface ValueOptions<T> {
  /** What there is if the Observable completes without a value. */
  defaultValue?: T;
}

/**
 * Fires with the first value of an Observable, and unsubscribes. Fails with the Observable's error,
 * or with EmptyObservableError when it completes before, unless there is a `defaultValue`.
 * Cancelling unsubscribes.
 *
 * ```ts
 * import { EMPTY, of, timer } from "rxjs";
 * import { firstValue, lastValue } from "skein/rxjs";
 *
 * console.log(await firstValue(of("black", "green"))); // → black
 * console.log(await lastValue(of("black", "green"))); // → green
 * await firstValue(EMPTY).addErrback((failure) => console.log(failure.message));
 * // → EmptyObservableError: the Observable has completed without a value
 * const never = firstValue(timer(3600_000));
 * never.cancel(); // and nothing waits any more
 * await never.addErrback((failure) => console.log(failure.message));
 * // → CancelledError: the operation was cancelled
 * ```
 *
 * A source of RxJS 7 without an end that gives its values at once, inside subscribe(), goes on for
 * ever: `take(1)` first.
 *
 * @throws BadOptionError for what is no Observable.
 */
export function firstValue<T>(
  observable: ObservableLike<T>,
  options: ValueOptions<T> = {},
): Deferred<T> {
  return valueOf(observable, options, true);
}

/** As {@link firstValue}, with the last value, once the Observable has completed. */
export function lastValue<T>(
  observable: ObservableLike<T>,
  options: ValueOptions<T> = {},
): Deferred<T> {
  return valueOf(observable, options, false);
}

function valueOf<T>(
  observable: ObservableLike<T>,
  options: ValueOptions<T>,
  first: boolean,
): Deferred<T> {
  let found: { readonly value: T } | undefined =
    "defaultValue" in options ? { value: options.defaultValue } : undefined;
  const deferred = new Deferred<T>(() => leaveLater());
  const leaveLater = subscribeTo<T>(observable, (leave) => ({
    next(value) {
      if (deferred.called) return;
      found = { value };
      if (!first) return;
      deferred.callback(value);
      leave();
    },
    error(error) {
      if (!deferred.called) deferred.errback(error);
    },
    complete() {
      if (deferred.called) return;
      if (found === undefined) deferred.errback(new EmptyObservableError());
      else deferred.callback(found.value);
    },
  }));
  return deferred;
}
