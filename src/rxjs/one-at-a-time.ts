import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { Fifo } from "../core/fifo.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import {
  makeObservable,
  type ObservableClass,
  type ObservableLike,
  type SubscriberLike,
  subscribeTo,
} from "./observable-like.ts";

const HIGH_WATER = 16;
const LOW_WATER = 4;
const QUEUE_MAX = 1000;

/** What can be told to wait: ObservedLines, a transport. */
export interface Pausable {
  pauseProducing(): void;
  resumeProducing(): void;
}

export interface OneAtATimeOptions {
  /** When so many values wait, the producer is paused; 16 unless given. */
  highWater?: number;
  /** When so few wait again, it is resumed; 4 unless given. */
  lowWater?: number;
  /** More must not wait, where the producer does not heed; 1000 unless given. */
  queueMax?: number;
}

/** What becomes of a value: another one, now or later, or several. */
export type Projected<R> = ObservableLike<R> | PromiseLike<R> | R;

/**
 * An operator, like `concatMap`, that knows of back-pressure: values are worked on one after
 * another, and while too many wait, `producer` is paused; so the peer is slowed down to the pace of
 * the work.
 *
 * ```ts
 * import { Observable } from "rxjs";
 * import { Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { ObservedLines, oneAtATime } from "skein/rxjs";
 * import { deferLater } from "skein/task";
 * import { LineClient } from "skein/testing";
 *
 * const kitchen = Factory.from(() => {
 *   const orders = new ObservedLines();
 *   orders
 *     .received(Observable)
 *     .pipe(oneAtATime(orders, (tea) => deferLater(reactor, 180, () => `${tea}!`), Observable))
 *     .subscribe((done) => orders.sendLine(done));
 *   return orders;
 * });
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, kitchen);
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("black\r");
 * client.say("green\r");
 * await client.heard("green!", 600);
 * console.log(client.lines.join(" "), reactor.seconds()); // → black! green! 360
 * client.close();
 * await stopped; // nothing is left to happen
 * ```
 *
 * What `project` returns may be an Observable, all of whose values are passed on, a Deferred, a
 * promise, or a value. A failure is the Observable's; work that is under way is cancelled, or
 * unsubscribed from, when nobody listens any more. A source that goes on all the same, as
 * `interval` does, fails with QueueFullError when more than `queueMax` wait. A producer can heed
 * one of these.
 *
 * With RxJS 9: `source[pipe](oneAtATime(producer, project, ColdObservable<string>))`.
 *
 * @throws BadOptionError for marks that are in no order.
 */
export function oneAtATime<T, R, O>(
  producer: Pausable,
  project: (value: T) => Projected<R>,
  observableClass: ObservableClass<R, O>,
  options: OneAtATimeOptions = {},
): (source: ObservableLike<T>) => O {
  const { highWater = HIGH_WATER, lowWater = Math.min(LOW_WATER, highWater - 1) } = options;
  const { queueMax = Math.max(QUEUE_MAX, highWater) } = options;
  if (!(lowWater >= 0 && lowWater < highWater && highWater <= queueMax)) {
    throw new BadOptionError(
      `it must be 0 <= lowWater < highWater <= queueMax, ` +
        `not ${lowWater}, ${highWater} and ${queueMax}`,
    );
  }
  const limits = { highWater, lowWater, queueMax };
  return (source) =>
    makeObservable<R, O>(observableClass, (subscriber, whenLeft) => {
      const line = new Line<T, R>(producer, project, subscriber, limits);
      subscribeTo<T>(source, (leave) => {
        whenLeft(() => {
          leave();
          line.end();
        });
        return line;
      });
    });
}

/** Values that wait for their turn. */
class Line<T, R> {
  readonly #producer: Pausable;
  readonly #project: (value: T) => Projected<R>;
  readonly #subscriber: SubscriberLike<R>;
  readonly #limits: Required<OneAtATimeOptions>;
  readonly #queue = new Fifo<T>();
  /** Gives up the work that is under way. */
  #giveUp: (() => void) | undefined = undefined;
  #busy = false;
  #looping = false;
  #paused = false;
  #complete = false;
  #over = false;

  constructor(
    producer: Pausable,
    project: (value: T) => Projected<R>,
    subscriber: SubscriberLike<R>,
    limits: Required<OneAtATimeOptions>,
  ) {
    this.#producer = producer;
    this.#project = project;
    this.#subscriber = subscriber;
    this.#limits = limits;
  }

  next(value: T): void {
    if (this.#over) return;
    const { highWater, queueMax } = this.#limits;
    if (this.#queue.length >= queueMax) {
      this.error(new QueueFullError(`${queueMax} values wait already: the source does not pause`));
      return;
    }
    this.#queue.push(value);
    this.#work();
    if (this.#queue.length >= highWater && !this.#paused && !this.#over) {
      this.#paused = true;
      this.#producer.pauseProducing();
    }
  }

  error(error: unknown): void {
    if (this.#over) return;
    this.end();
    this.#subscriber.error(error);
  }

  complete(): void {
    this.#complete = true;
    this.#work();
  }

  /** Nobody listens any more. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#queue.clear();
    this.#giveUp?.();
    this.#resume();
  }

  /** Takes up the next; a loop, as work may be done at once, many times. */
  #work(): void {
    if (this.#looping) return;
    this.#looping = true;
    while (!this.#busy && !this.#over && this.#queue.length > 0) {
      this.#busy = true;
      this.#begin(this.#queue.shift() as T);
      if (this.#queue.length <= this.#limits.lowWater) this.#resume();
    }
    this.#looping = false;
    if (this.#complete && !this.#busy && !this.#over && this.#queue.length === 0) {
      this.end();
      this.#subscriber.complete();
    }
  }

  #begin(value: T): void {
    const done = (): void => {
      this.#busy = false;
      this.#giveUp = undefined;
      this.#work();
    };
    let projected: Projected<R>;
    try {
      projected = this.#project(value);
    } catch (error) {
      this.error(error);
      return;
    }
    if (isObservable(projected)) {
      subscribeTo<R>(projected, (leave) => {
        this.#giveUp = leave;
        return {
          next: (result) => this.#subscriber.next(result),
          error: (error) => this.error(error),
          complete: done,
        };
      });
      return;
    }
    const work = maybeDeferred(() => projected);
    this.#giveUp = () => work.cancel();
    work.addCallbacks(
      (result) => {
        if (this.#over) return;
        this.#subscriber.next(result as R);
        done();
      },
      (failure) => this.error(failure.value),
    );
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#producer.resumeProducing();
  }
}

function isObservable<R>(projected: Projected<R>): projected is ObservableLike<R> {
  return (
    typeof projected === "object" &&
    projected !== null &&
    typeof (projected as { subscribe?: unknown }).subscribe === "function"
  );
}
