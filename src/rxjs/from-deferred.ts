import { BadOptionError, messageOf } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { makeObservable, type ObservableClass } from "./observable-like.ts";

/**
 * An Observable of one value: that of a Deferred, after which it completes; a failure is its error.
 *
 * **A function** is called by each subscription: the Deferred that it returns is the
 * subscription's own, and unsubscribing cancels it. **A Deferred** is shared, as somebody else has
 * made it: all who subscribe, soon or late, get its result, which stays in its place; unsubscribing
 * only stops listening.
 *
 * ```ts
 * import { Observable, Subscription, switchMap, take, timer } from "rxjs";
 * import { createReactor } from "skein/reactor";
 * import { fromDeferred, reactorScheduler } from "skein/rxjs";
 * import { deferLater } from "skein/task";
 *
 * const reactor = createReactor("clock");
 * const brew = (kind: string) => deferLater(reactor, 3, () => `${kind} tea`);
 * timer(0, 2000, reactorScheduler(reactor, Subscription))
 *   .pipe(
 *     take(2),
 *     switchMap((n) => fromDeferred(() => brew(n === 0 ? "black" : "green"), Observable)),
 *   )
 *   .subscribe(console.log);
 * await reactor.advance(5); // → green tea
 * // The black one was cancelled, when the green one was wanted.
 * ```
 *
 * @param observableClass `Observable`, of which this loads nothing.
 * @throws BadOptionError for anything else, as a promise: `fromDeferred(fromPromise(it), …)`.
 */
export function fromDeferred<T, O>(
  deferred: Deferred<T> | (() => Deferred<T>),
  observableClass: ObservableClass<T, O>,
): O {
  if (!(deferred instanceof Deferred) && typeof deferred !== "function") {
    const given = messageOf(deferred);
    throw new BadOptionError(`a Deferred is wanted, or a function that returns one, not ${given}`);
  }
  return makeObservable<T, O>(observableClass, (subscriber, whenLeft) => {
    const tell = (value: T): void => {
      subscriber.next(value);
      subscriber.complete();
    };
    if (deferred instanceof Deferred) {
      let listens = true;
      deferred.then(
        (value) => void (listens && tell(value)),
        (error: unknown) => void (listens && subscriber.error(error)),
      );
      whenLeft(() => {
        listens = false;
      });
      return;
    }
    let over = false;
    const own = maybeDeferred(deferred);
    own.addCallbacks(
      (value) => {
        over = true;
        tell(value);
      },
      (failure) => {
        // Whoever has left does not hear that it was given up.
        if (over) return;
        over = true;
        subscriber.error(failure.value);
      },
    );
    whenLeft(() => {
      if (over) return;
      over = true;
      own.cancel();
    });
  });
}
