/**
 * Observables, as far as this folder looks at them: those of RxJS 7, and those of RxJS 9 and the
 * platform, which are cancelled by signals. Nothing of RxJS is loaded: it is given.
 */
import { BadOptionError, messageOf } from "../core/errors.ts";

/** What an Observable tells. */
export interface ObserverLike<T> {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
}

/** What an Observable is told by the one who makes it. */
export interface SubscriberLike<T> extends ObserverLike<T> {
  /** RxJS 9 has it. */
  addTeardown?(teardown: () => void): void;
  /** RxJS 7 has it. */
  add?(teardown: () => void): void;
}

/**
 * A class of Observables: `Observable` of RxJS 7; of RxJS 9, whose types do not tell what is in it,
 * with that: `Observable<string>`, `ColdObservable<string>`.
 */
export type ObservableClass<T, O> = new (
  subscribe: (subscriber: SubscriberLike<T>) => () => void,
) => O;

/** An Observable of `T`, of any make. */
export interface ObservableLike<T> {
  forEach(next: (value: T) => void): Promise<void>;
  subscribe(...args: never[]): unknown;
}

/**
 * Makes an Observable. `subscribe` is given a way to have something called, once, when nobody
 * listens any more: at once, where somebody left in the middle of values that came at once.
 *
 * @throws BadOptionError without a class.
 */
export function makeObservable<T, O>(
  observableClass: ObservableClass<T, O>,
  subscribe: (subscriber: SubscriberLike<T>, whenLeft: (end: () => void) => void) => void,
): O {
  if (typeof observableClass !== "function") {
    throw new BadOptionError(
      `it takes the class of the Observables that it makes, as Observable of RxJS 7 or ` +
        `ColdObservable of RxJS 9, not ${messageOf(observableClass)}`,
    );
  }
  return new observableClass((subscriber) => {
    let over = false;
    const ends: (() => void)[] = [];
    const teardown = (): void => {
      over = true;
      for (const end of ends.splice(0)) end();
    };
    // Before there are values: who has had enough in the middle of them is to be heard.
    if (subscriber.addTeardown === undefined) subscriber.add?.(teardown);
    else subscriber.addTeardown(teardown);
    subscribe(subscriber, (end) => void (over ? end() : ends.push(end)));
    return teardown;
  });
}

/**
 * Sees that something is an Observable.
 *
 * @throws BadOptionError when it is not.
 */
export function checkObservable(observable: ObservableLike<unknown>): void {
  const { subscribe } = (observable ?? {}) as { subscribe?: unknown };
  if (typeof subscribe === "function") return;
  throw new BadOptionError(`an Observable is wanted, not ${messageOf(observable)}`);
}

/**
 * Subscribes; returns the way to unsubscribe. The observer is given it too, as it may want to leave
 * in the middle of values that come at once. (RxJS 7 goes on with those, and tells them to nobody.)
 *
 * @throws BadOptionError when it is no Observable.
 */
export function subscribeTo<T>(
  observable: ObservableLike<T>,
  makeObserver: (leave: () => void) => ObserverLike<T>,
): () => void {
  checkObservable(observable);
  const controller = new AbortController();
  const { signal } = controller;
  let subscription: { unsubscribe?: () => void } | undefined = undefined;
  const leave = (): void => {
    controller.abort();
    subscription?.unsubscribe?.();
  };
  const observer = makeObserver(leave);
  // Nothing is told to who has left, even in the middle of values that come at once.
  const told: ObserverLike<T> = {
    next: (value) => void (signal.aborted || observer.next(value)),
    error: (error) => void (signal.aborted || observer.error(error)),
    complete: () => void (signal.aborted || observer.complete()),
  };
  const subscribe = observable.subscribe.bind(observable) as (
    observer: ObserverLike<T>,
    options: { signal: AbortSignal },
  ) => { unsubscribe?: () => void } | undefined;
  subscription = subscribe(told, { signal });
  // It was left while it was subscribed to.
  if (signal.aborted) leave();
  return leave;
}
