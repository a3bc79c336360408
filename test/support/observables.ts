/** The Observables of RxJS 7, and the two of RxJS 9, behind one interface for tests. */
import { Observable as Observable7 } from "rxjs";
import { ColdObservable } from "rxjs9";
import type { ObservableClass, ObservableLike, ObserverLike, SubscriberLike } from "skein/rxjs";

/** An Observable of any make, and how to be with it. */
export interface Make {
  readonly name: string;
  /** Whether those who subscribe at one time share what is done for them. */
  readonly shared: boolean;
  /** The class, as one of Observables of `T`. */
  of<T>(): ObservableClass<T, ObservableLike<T>>;
}

export const MAKES: readonly Make[] = [
  { name: "Observable of RxJS 7", shared: false, of: <T>() => Observable7<T> },
  { name: "ColdObservable of RxJS 9", shared: false, of: <T>() => ColdObservable<T> },
  { name: "Observable of RxJS 9", shared: true, of: <T>() => Observable<T> },
];

/** What an observer was told, in words. */
export function listen<T>(observable: ObservableLike<T>): { heard: string[]; leave: () => void } {
  const heard: string[] = [];
  const controller = new AbortController();
  const subscription = (
    observable as unknown as {
      subscribe(
        observer: ObserverLike<T>,
        options: { signal: AbortSignal },
      ): { unsubscribe(): void } | undefined;
    }
  ).subscribe(
    {
      next: (value) => heard.push(String(value)),
      error: (error) => heard.push(`error ${(error as Error).name}`),
      complete: () => heard.push("complete"),
    },
    { signal: controller.signal },
  );
  const leave = (): void => {
    controller.abort();
    subscription?.unsubscribe();
  };
  return { heard, leave };
}

/** An Observable that the test feeds, with whether somebody listens. */
export class Source<T> {
  listeners = 0;
  readonly observable: ObservableLike<T>;
  #subscriber: SubscriberLike<T> | undefined;

  constructor(make: Make) {
    this.observable = new (make.of<T>())((subscriber) => {
      this.#subscriber = subscriber;
      this.listeners++;
      let over = false;
      const end = (): void => {
        if (!over) this.listeners--;
        over = true;
      };
      subscriber.addTeardown?.(end);
      return end;
    });
  }

  next(value: T): void {
    this.#subscriber?.next(value);
  }

  error(error: unknown): void {
    this.#subscriber?.error(error);
  }

  complete(): void {
    this.#subscriber?.complete();
  }
}
