/**
 * Deferred: a result that is not there yet, and the chain of callbacks that waits for it.
 *
 * Twisted's semantics: callbacks run synchronously, in the order they were added; each gets what
 * the one before it returned; a Failure takes the errback side until an errback returns something
 * else. A callback that returns a Deferred makes the chain wait for it and **takes** its result.
 *
 * ```ts
 * import { Deferred } from "skein/defer";
 *
 * const answer = new Deferred<string>();
 * answer
 *   .addCallback((text) => Number.parseInt(text, 10))
 *   .addCallback((n) => {
 *     if (Number.isNaN(n)) throw new TypeError("not a number");
 *     return n * 2;
 *   })
 *   .addErrback((failure) => {
 *     failure.trap(TypeError);
 *     return 0;
 *   })
 *   .addCallback((n) => console.log(n));
 * answer.callback("21"); // → 42
 * ```
 */
import { AlreadyCalledError, CancelledError } from "./errors.ts";
import { Failure } from "./failure.ts";
import { type Suspect, suspect } from "./unhandled.ts";

/** What a chain holds after a handler returned an `R`: Deferreds and promises are waited for. */
export type Chained<R> =
  R extends Deferred<infer T>
    ? T
    : R extends PromiseLike<infer T>
      ? Chained<T>
      : Exclude<R, Failure>;

/** Called by `cancel()`: stop the work, and fire the Deferred or leave it to be failed. */
export type Canceller<T> = (deferred: Deferred<T>) => void;

/**
 * A canceller returns this when the Deferred stays unfired on purpose: its owner was told of the
 * cancellation and goes on (a coroutine that caught its CancelledError, say).
 */
export const KEEP_WAITING: unique symbol = Symbol("keep waiting");

type Handler = (result: never) => unknown;
type Slot = Handler | Deferred<unknown> | undefined;

// Bits of #state; the rest of the number counts the pauses.
const CALLED = 1;
const RUNNING = 2;
/** cancel() fired it without a canceller: one late fire is swallowed. */
const SWALLOW = 4;
/** Somebody saw the Failure through then(), or it was reported: do not report it (again). */
const SEEN = 8;
const PAUSE = 16;

/** In the callback slot: the errback slot holds a Deferred that waits for this one's result. */
const CONTINUE = (): void => {};

/** Fires with any value, even a Deferred. Only for coroutines, whose `return` is taken as it is. */
export let fireRaw: (deferred: Deferred<unknown>, value: unknown) => void;

export class Deferred<T> implements PromiseLike<T>, Suspect {
  #state = 0;
  #result: unknown = undefined;
  // The first pair of handlers is stored inline, as most chains are short; the rest in one flat
  // array (callback, errback, callback, errback, …).
  #callback: Slot = undefined;
  #errback: Slot = undefined;
  #more: Slot[] | undefined = undefined;
  /** Where in #more the next pair is. */
  #head = 0;
  /** Until it fires: the canceller. While it waits for another Deferred: that Deferred. */
  #link: ((deferred: never) => unknown) | Deferred<unknown> | undefined;

  /**
   * @param canceller called by {@link cancel} while the Deferred is unfired. It should stop the
   *   work; it may fire the Deferred, else it fails with CancelledError.
   */
  constructor(canceller?: Canceller<T>) {
    this.#link = canceller;
  }

  /** Whether it was fired: by callback(), errback() or cancel(). */
  get called(): boolean {
    return (this.#state & CALLED) !== 0;
  }

  // --- firing ---

  /**
   * Fires with a value, and runs the callbacks before it returns. A Failure as the value enters
   * the errback side. To make one Deferred wait for another, return it from a callback; passing
   * one here throws a TypeError, as it would be ambiguous who owns the result.
   *
   * @throws AlreadyCalledError when it was fired before.
   */
  callback(value: T | Failure): void {
    if (value instanceof Deferred) {
      throw new TypeError("callback() takes a value; return a Deferred from a callback instead");
    }
    this.#fire(value);
  }

  /**
   * Fires with an error: anything that can be thrown, or a Failure.
   *
   * @throws AlreadyCalledError when it was fired before.
   */
  errback(error: unknown): void {
    this.#fire(Failure.from(error));
  }

  /**
   * Gives up on the result. An unfired Deferred calls its canceller, then fails with
   * CancelledError unless the canceller fired it; without a canceller one later fire is
   * swallowed. A fired one that waits for another Deferred cancels that. Else nothing happens.
   * A canceller that throws is the `cause` of the CancelledError; cancel() itself never throws.
   */
  cancel(): void {
    const link = this.#link;
    if ((this.#state & CALLED) !== 0) {
      if (link instanceof Deferred) link.cancel();
      return;
    }
    let cause: unknown;
    if (typeof link === "function") {
      try {
        if (link(this as never) === KEEP_WAITING) return;
      } catch (error) {
        cause = error;
      }
    } else {
      this.#state |= SWALLOW;
    }
    if ((this.#state & CALLED) !== 0) return;
    const cancelled = new CancelledError();
    if (cause !== undefined) cancelled.cause = cause;
    this.#state |= CALLED;
    this.#start(new Failure(cancelled));
  }

  // --- handlers ---

  /** Adds a callback; a Failure passes it by. */
  addCallback<R>(callback: (value: T) => R): Deferred<Chained<R>> {
    return this.#add(callback, undefined) as Deferred<Chained<R>>;
  }

  /** Adds an errback; a value passes it by. */
  addErrback<R>(errback: (failure: Failure) => R): Deferred<T | Chained<R>> {
    return this.#add(undefined, errback) as Deferred<T | Chained<R>>;
  }

  /** Adds one handler for both sides. */
  addBoth<R>(handler: (result: T | Failure) => R): Deferred<Chained<R>> {
    return this.#add(handler, handler) as Deferred<Chained<R>>;
  }

  /** Adds a callback and an errback side by side: the errback does not see the callback's error. */
  addCallbacks<R, S>(
    callback: (value: T) => R,
    errback: (failure: Failure) => S,
  ): Deferred<Chained<R> | Chained<S>> {
    return this.#add(callback, errback) as Deferred<Chained<R> | Chained<S>>;
  }

  // --- pausing ---

  /** Holds back the callbacks until {@link unpause} was called as often as pause(). */
  pause(): void {
    this.#state += PAUSE;
  }

  unpause(): void {
    this.#state -= PAUSE;
    if (this.#state < PAUSE && (this.#state & CALLED) !== 0) this.#run();
  }

  // --- promises ---

  /**
   * Lets a Deferred be awaited. Unlike addCallback it leaves the result in place, so that every
   * `await` of the same Deferred gets it; a Failure rejects with the error it wraps.
   */
  // oxlint-disable-next-line unicorn/no-thenable -- being awaitable is the purpose
  then<R = T, S = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => S | PromiseLike<S>) | null,
  ): Promise<R | S> {
    const promise = new Promise<T>((resolve, reject) => {
      this.#add(
        (value: T) => {
          resolve(value);
          return value;
        },
        (failure: Failure) => {
          reject(failure.value as Error);
          this.#state |= SEEN;
          return failure;
        },
      );
    });
    return promise.then(onFulfilled, onRejected);
  }

  /** For typed `const value = yield* deferred` in a generator under inlineCallbacks. */
  [Symbol.iterator](): Iterator<Deferred<T>, T, unknown> {
    return new Wait(this);
  }

  /** For the report of unhandled failures. */
  takeUnhandled(): Failure | undefined {
    if ((this.#state & SEEN) !== 0 || this.#waiting()) return undefined;
    const result = this.#result;
    if (!(result instanceof Failure)) return undefined;
    this.#state |= SEEN;
    return result;
  }

  // --- the machine ---

  #fire(result: unknown): void {
    if ((this.#state & CALLED) !== 0) {
      if ((this.#state & SWALLOW) === 0) throw new AlreadyCalledError();
      this.#state &= ~SWALLOW;
      return;
    }
    this.#state |= CALLED;
    this.#start(result);
  }

  #start(result: unknown): void {
    this.#link = undefined;
    this.#result = result;
    this.#run();
  }

  #push(callback: Slot, errback: Slot): void {
    if (this.#callback === undefined && this.#errback === undefined && this.#more === undefined) {
      this.#callback = callback;
      this.#errback = errback;
    } else {
      (this.#more ??= []).push(callback, errback);
    }
  }

  #add(callback: Slot, errback: Slot): this {
    this.#push(callback, errback);
    if ((this.#state & CALLED) !== 0) this.#run();
    return this;
  }

  #waiting(): boolean {
    return (
      this.#state >= PAUSE ||
      this.#callback !== undefined ||
      this.#errback !== undefined ||
      this.#more !== undefined
    );
  }

  /**
   * Runs the callbacks of this Deferred, and of those that wait for it, and of those that wait for
   * them: a loop with its own stack, so that a chain of any length takes no call stack.
   */
  #run(): void {
    if ((this.#state & RUNNING) !== 0) return;
    let givers: Deferred<unknown>[] | undefined;
    let current: Deferred<unknown> = this as Deferred<unknown>;
    for (;;) {
      const waiter = current.#state < PAUSE ? current.#drain() : undefined;
      if (waiter !== undefined) {
        // Whoever takes the result runs first; the giver's other callbacks come after.
        (givers ??= []).push(current);
        current = waiter;
        continue;
      }
      if (current.#result instanceof Failure && !current.#waiting()) suspect(current);
      const giver = givers?.pop();
      if (giver === undefined) return;
      current = giver;
    }
  }

  /** Calls handlers until none is left, or one makes this wait; or gives the result to a waiter. */
  #drain(): Deferred<unknown> | undefined {
    this.#state |= RUNNING;
    for (;;) {
      let callback = this.#callback;
      let errback = this.#errback;
      if (callback !== undefined || errback !== undefined) {
        this.#callback = this.#errback = undefined;
      } else {
        const more = this.#more;
        if (more === undefined) break;
        if (this.#head === more.length) {
          this.#more = undefined;
          this.#head = 0;
          break;
        }
        callback = more[this.#head];
        errback = more[this.#head + 1];
        more[this.#head] = more[this.#head + 1] = undefined;
        this.#head += 2;
      }

      const result = this.#result;
      if (callback === CONTINUE) {
        const waiter = errback as Deferred<unknown>;
        this.#result = undefined;
        this.#state &= ~RUNNING;
        waiter.#result = result;
        waiter.#link = undefined;
        waiter.#state -= PAUSE;
        return waiter;
      }
      const handler = (result instanceof Failure ? errback : callback) as Handler | undefined;
      if (handler === undefined) continue;

      this.#state &= ~SEEN;
      let next: unknown;
      try {
        next = handler(result as never);
      } catch (error) {
        next = Failure.from(error);
      }
      if (typeof next !== "object" || next === null) this.#result = next;
      else if (!this.#accept(next)) break;
    }
    this.#state &= ~RUNNING;
    return undefined;
  }

  /** Takes what a handler returned as the result; false if this must wait for it. */
  #accept(returned: object): boolean {
    let inner: Deferred<unknown>;
    if (returned instanceof Deferred) {
      inner = returned as Deferred<unknown>;
    } else if (isThenable(returned)) {
      inner = fromPromise(returned);
    } else {
      this.#result = returned;
      return true;
    }

    if (inner === this) {
      this.#result = new Failure(new TypeError("a callback returned the Deferred it belongs to"));
      return true;
    }
    if ((inner.#state & CALLED) !== 0 && inner.#state < PAUSE) {
      this.#result = inner.#result;
      inner.#result = undefined;
      return true;
    }
    this.#result = undefined;
    this.#state += PAUSE;
    this.#link = inner;
    inner.#push(CONTINUE, this as Deferred<unknown>);
    return false;
  }

  static {
    fireRaw = (deferred, value) => deferred.#fire(value);
  }
}

/** The iterator behind `yield* deferred`: yields the Deferred, returns what is sent back. */
class Wait<T> implements Iterator<Deferred<T>, T, unknown> {
  #deferred: Deferred<T> | undefined;

  constructor(deferred: Deferred<T>) {
    this.#deferred = deferred;
  }

  next(result: unknown): IteratorResult<Deferred<T>, T> {
    const value = this.#deferred;
    if (value === undefined) return { done: true, value: result as T };
    this.#deferred = undefined;
    return { done: false, value };
  }

  throw(error: unknown): never {
    throw error;
  }
}

export function isThenable(value: object): value is PromiseLike<unknown> {
  return "then" in value && typeof value.then === "function";
}

/**
 * A Deferred for the outcome of a promise. A promise cannot be cancelled: cancelling the Deferred
 * fails it with CancelledError at once, and the promise's outcome is then ignored.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Deferred<T> {
  const deferred = new Deferred<T>();
  promise.then(
    (value) => deferred.callback(value),
    (reason: unknown) => deferred.errback(reason),
  );
  return deferred;
}
