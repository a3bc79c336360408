/**
 * Observables, as far as this folder looks at them: those of RxJS 7, and those of RxJS 9 and the
 * platform, which are cancelled by signals. Nothing of RxJS is loaded: it is given.
 */

/** What an Observable tells. */
export interface ObserverLike<T> {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
}

/** What an Observable is told by the one who makes it. */
export interface SubscriberLike<T> extends ObserverLike<T> {
  /** RxJS 9 has it; RxJS 7 takes what is returned. */
  addTeardown?(teardown: () => void): void;
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

/** Makes an Observable; what `subscribe` returns is called once, when nobody listens any more. */
export function makeObservable<T, O>(
  observableClass: ObservableClass<T, O>,
  subscribe: (subscriber: SubscriberLike<T>) => () => void,
): O {
  return new observableClass((subscriber) => {
    let over = false;
    const end = subscribe(subscriber);
    const teardown = (): void => {
      if (over) return;
      over = true;
      end();
    };
    subscriber.addTeardown?.(teardown);
    return teardown;
  });
}

/** Subscribes; returns the way to unsubscribe, which may be called from inside. */
export function subscribeTo<T>(
  observable: ObservableLike<T>,
  observer: ObserverLike<T>,
): () => void {
  const controller = new AbortController();
  const { signal } = controller;
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
  const subscription = subscribe(told, { signal });
  const leave = (): void => {
    controller.abort();
    subscription?.unsubscribe?.();
  };
  // It has ended, or was left, while it was subscribed to.
  if (signal.aborted) leave();
  return leave;
}
