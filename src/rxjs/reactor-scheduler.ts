import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";

/** Of RxJS 7's Subscription, what is used here. */
export interface SubscriptionLike {
  readonly closed: boolean;
  unsubscribe(): void;
}

/** What was scheduled: a subscription that can be scheduled again. */
export type ActionOf<S, T> = S & { schedule(state?: T, delay?: number): S };

/** RxJS 7's SchedulerLike, over its Subscription. */
export interface ReactorScheduler<S> {
  /** Milliseconds, on the reactor's clock. */
  now(): number;
  schedule<T>(work: (this: ActionOf<S, T>, state: T) => void, delay: number, state: T): S;
  schedule<T>(work: (this: ActionOf<S, T>, state?: T) => void, delay?: number, state?: T): S;
}

/**
 * A scheduler of RxJS 7 whose time is a reactor's: given to `interval`, `timer`, `delay`,
 * `debounceTime`, `timeout`, `bufferTime` and their like, these run on virtual time where the
 * reactor does.
 *
 * ```ts
 * import { interval, map, Subscription, take, timeout } from "rxjs";
 * import { createReactor } from "skein/reactor";
 * import { reactorScheduler } from "skein/rxjs";
 *
 * const reactor = createReactor("clock");
 * const scheduler = reactorScheduler(reactor, Subscription);
 * interval(60_000, scheduler)
 *   .pipe(
 *     take(2),
 *     map((n) => `minute ${n + 1}, at ${scheduler.now()} ms`),
 *     timeout({ each: 90_000, scheduler }), // would fail
 *   )
 *   .subscribe({ next: console.log, error: console.log });
 * await reactor.advance(3600);
 * // → minute 1, at 60000 ms
 * // → minute 2, at 120000 ms
 * ```
 *
 * Work runs in a turn of the reactor, never inside schedule(), also without a delay; in the order
 * of the times, then of the schedule() calls. What it throws is reported to the reactor; it is
 * unsubscribed then, and other work runs as ever. Unsubscribing cancels the delayed call, so that
 * nothing keeps a run on `clock` going. A delay of Infinity never comes; one that is negative or no
 * number is none. An operator that takes a Date, as `timer` does, means one on this clock:
 * `new Date(scheduler.now() + 500)`.
 *
 * RxJS 9 has no schedulers: its operators use `setTimeout`, which `skein/virtual` puts on the
 * reactor's time.
 *
 * @param subscriptionClass `Subscription` of RxJS, of which this loads nothing.
 */
export function reactorScheduler<S extends SubscriptionLike>(
  reactor: ReactorTime,
  subscriptionClass: new (teardown: () => void) => S,
): ReactorScheduler<S> {
  return {
    now: () => reactor.seconds() * 1000,
    schedule<T>(work: (this: ActionOf<S, T>, state: T) => void, delay?: number, state?: T): S {
      return new Work(reactor, subscriptionClass, work).schedule(state as T, delay);
    },
  };
}

/** What is to be done, once or again. */
class Work<S extends SubscriptionLike, T> {
  readonly #reactor: ReactorTime;
  readonly #work: (this: ActionOf<S, T>, state: T) => void;
  readonly #action: ActionOf<S, T>;
  #call: DelayedCall | undefined = undefined;

  constructor(
    reactor: ReactorTime,
    subscriptionClass: new (teardown: () => void) => S,
    work: (this: ActionOf<S, T>, state: T) => void,
  ) {
    this.#reactor = reactor;
    this.#work = work;
    this.#action = Object.assign(new subscriptionClass(() => this.#cancel()), {
      schedule: (state?: T, delay?: number) => this.schedule(state as T, delay),
    });
  }

  /** Puts it off to `delay` from now, if it was scheduled already. */
  schedule(state: T, delay = 0): S {
    this.#cancel();
    const delayMs = Number.isNaN(delay) ? 0 : Math.max(0, delay);
    if (this.#action.closed || delayMs === Infinity) return this.#action;
    this.#call = this.#reactor.callLater(delayMs / 1000, () => {
      this.#call = undefined;
      this.#run(state);
    });
    return this.#action;
  }

  #run(state: T): void {
    try {
      this.#work.call(this.#action, state);
    } catch (error) {
      this.#action.unsubscribe();
      // The reactor reports it.
      throw error;
    }
  }

  #cancel(): void {
    this.#call?.cancel();
    this.#call = undefined;
  }
}
