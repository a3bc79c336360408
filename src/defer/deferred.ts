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
import { inContext } from "../core/context.ts";
import { debugging } from "../core/debugging.ts";
import { awaitListener } from "./awaiting.ts";
import { type Canceller, KEEP_WAITING } from "./canceller.ts";
import type { Chained } from "./chained.ts";
import { AlreadyCalledError, CancelledError } from "./errors.ts";
import { Failure } from "./failure.ts";
import { describeHistory, historyOf, noteFired, noteMade } from "./history.ts";
import { asPromise } from "./thenable.ts";
import { armTimeout, type TimeoutClock } from "./timeout.ts";
import { anyReported, noteHandled, type Suspect, suspect } from "./unhandled.ts";
import { NOT_YET, Wait } from "./wait.ts";

type Handler = (result: never) => unknown;
type Slot = Handler | Deferred<unknown> | undefined;

// Bits of #state; the rest of the number counts the pauses.
const CALLED = 1;
const RUNNING = 2;
/** cancel() fired it without a canceller: one late fire is swallowed. */
const SWALLOW = 4;
/** Somebody saw the Failure through then(), or it was reported: do not report it (again). */
const SEEN = 8;
/** The canceller is being called. */
const CANCELLING = 16;
/** It was cancelled again meanwhile. */
const CANCEL_AGAIN = 32;
const PAUSE = 64;

/** In the callback slot: the errback slot holds a Deferred that waits for this one's result. */
const CONTINUE = (): void => {};
/** In the callback slot: the errback slot holds a promise's resolve(), which leaves the result. */
const PEEK = (): void => {};

/** So many places of handlers that have run may stay, before they are dropped. */
const SPENT_MAX = 64;

/** Fires with any value, even a Deferred. Only for coroutines, whose `return` is taken as it is. */
export let fireRaw: (deferred: Deferred<unknown>, value: unknown) => void;
/** Takes a result that is there, as a callback would; else gives NOT_YET. Only for coroutines. */
export let take: (deferred: Deferred<unknown>) => unknown;

/**
 * A result that is not there yet, and the handlers that wait for it. They run inside the call that
 * fires it, in the order in which they were added; on a Deferred that has its result, inside the
 * call that adds them. What they throw stays in the chain, and is reported if it ends in a Failure.
 */
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
    if (debugging) noteMade(this, Deferred);
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
    const canceller = this.#link;
    if ((this.#state & CALLED) !== 0) {
      this.#awaited()?.cancel();
    } else if (typeof canceller === "function") {
      this.#cancelBy(canceller);
    } else {
      this.#state |= SWALLOW;
      this.#fire(new Failure(new CancelledError()));
    }
  }

  // --- handlers ---

  /** Adds a callback; a Failure passes it by. */
  addCallback<R>(callback: (value: T) => R): Deferred<Chained<R>> {
    return this.#add(inContext(callback), undefined) as Deferred<Chained<R>>;
  }

  /** Adds an errback; a value passes it by. */
  addErrback<R>(errback: (failure: Failure) => R): Deferred<T | Chained<R>> {
    return this.#add(undefined, inContext(errback));
  }

  /** Adds one handler for both sides. */
  addBoth<R>(handler: (result: T | Failure) => R): Deferred<Chained<R>> {
    const inPlace = inContext(handler);
    return this.#add(inPlace, inPlace) as Deferred<Chained<R>>;
  }

  /** Adds a callback and an errback side by side: the errback does not see the callback's error. */
  addCallbacks<R, S>(
    callback: (value: T) => R,
    errback: (failure: Failure) => S,
  ): Deferred<Chained<R> | Chained<S>> {
    return this.#add(inContext(callback), inContext(errback)) as Deferred<Chained<R> | Chained<S>>;
  }

  /**
   * Hands the result on to another Deferred, by firing it, and keeps nothing. Unlike returning a
   * Deferred from a callback, this takes call stack, and cancelling the other one does not reach
   * this one.
   */
  chainDeferred(other: Deferred<T>): Deferred<void> {
    return this.addCallbacks(
      (value) => other.callback(value),
      (failure) => other.errback(failure),
    );
  }

  /**
   * Cancels this if it has not fired in `seconds` of the clock (a reactor). It then fails with
   * TimeoutError, or goes on with what `onTimeoutCancel` makes of it. The time covers what was
   * added before: handlers that are added later may take as long as they like. A cancel() by the
   * user, before the time is up, stays a CancelledError.
   */
  addTimeout(
    seconds: number,
    clock: TimeoutClock,
    onTimeoutCancel?: (result: T | Failure, seconds: number) => T | Failure,
  ): this {
    armTimeout(this as Deferred<T>, seconds, clock, onTimeoutCancel);
    return this;
  }

  // --- pausing ---

  /**
   * Holds back the callbacks until {@link unpause} was called as often as pause(). Called by one
   * of them, it holds back those that are added later: the present run goes on to its end.
   */
  pause(): void {
    this.#state += PAUSE;
  }

  /** Ends one pause(). One too many is ignored. */
  unpause(): void {
    // Waiting for another Deferred is a pause too, and not the caller's to end.
    if (this.#state < (this.#link instanceof Deferred ? 2 * PAUSE : PAUSE)) return;
    this.#state -= PAUSE;
    if ((this.#state & CALLED) !== 0) Deferred.#run(this);
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
    const over = awaitListener?.(this);
    return new Promise<T>((resolve) => {
      // A closure over both of the promise's functions would be a third of what waits here.
      this.#add(PEEK, over === undefined ? resolve : (result: T) => (over(), resolve(result)));
    }).then(onFulfilled, onRejected);
  }

  /** For typed `const value = yield* deferred` in a generator under inlineCallbacks. */
  [Symbol.iterator](): Iterator<Deferred<T>, T, unknown> {
    return new Wait(this, this.#take());
  }

  /** For the report of unhandled failures. */
  takeUnhandled(): Failure | undefined {
    const result = this.#result;
    if (!(result instanceof Failure) || this.#state >= PAUSE) return undefined;
    if ((this.#state & SEEN) !== 0) return undefined;
    this.#state |= SEEN;
    return result;
  }

  // --- the machine ---

  #fire(result: unknown): void {
    if ((this.#state & CALLED) !== 0) {
      if ((this.#state & SWALLOW) === 0) {
        throw new AlreadyCalledError(describeHistory(historyOf(this)));
      }
      this.#state &= ~SWALLOW;
      return;
    }
    // oxlint-disable-next-line unbound-method -- it is only looked for in the stack
    if (debugging) noteFired(this, this.#fire);
    this.#state |= CALLED;
    this.#link = undefined;
    this.#result = result;
    // Many are made with their result and only then get callbacks: nothing is to be run for those.
    if (this.#callback !== undefined || this.#errback !== undefined) Deferred.#run(this);
    else if (result instanceof Failure && this.#state < PAUSE) suspect(this);
  }

  /** Calls the canceller; fails with CancelledError unless that fired it, or keeps it waiting. */
  #cancelBy(canceller: (deferred: never) => unknown): void {
    // A canceller that leads back here, by whatever way, is being called already.
    if ((this.#state & CANCELLING) !== 0) {
      this.#state |= CANCEL_AGAIN;
      return;
    }
    this.#state |= CANCELLING;
    let keepWaiting = false;
    let cause: unknown;
    try {
      keepWaiting = canceller(this as never) === KEEP_WAITING;
      // Once more for what it has come to wait for; not for ever, as those in a circle would go on.
      if (keepWaiting && (this.#state & (CALLED | CANCEL_AGAIN)) === CANCEL_AGAIN) {
        keepWaiting = canceller(this as never) === KEEP_WAITING;
      }
    } catch (error) {
      cause = error;
    }
    this.#state &= ~(CANCELLING | CANCEL_AGAIN);
    if ((this.#state & CALLED) === 0) {
      if (keepWaiting) return;
      const cancelled = new CancelledError();
      if (cause !== undefined) cancelled.cause = cause;
      this.#fire(new Failure(cancelled));
    } else if (cause !== undefined) {
      // It fired this, and threw then: nobody can handle that error, so that it is reported.
      new Deferred<never>().errback(cause);
    }
  }

  /** The last in the row of those that wait for one another; undefined in a circle. */
  #awaited(): Deferred<unknown> | undefined {
    let last = this.#link;
    const passed = new Set<unknown>();
    while (last instanceof Deferred && !passed.has(last)) {
      const next: unknown = last.#link;
      if (!(next instanceof Deferred)) return last;
      passed.add(last);
      last = next;
    }
    return undefined;
  }

  #add(callback: Slot, errback: Slot): this {
    if (this.#callback === undefined && this.#errback === undefined && this.#more === undefined) {
      this.#callback = callback;
      this.#errback = errback;
    } else {
      (this.#more ??= []).push(callback, errback);
    }
    if ((this.#state & CALLED) !== 0) Deferred.#run(this);
    return this;
  }

  /**
   * Runs the callbacks of a Deferred, and of those that wait for it, and of those that wait for
   * them: a loop with its own stack, so that a chain of any length takes no call stack.
   */
  static #run(first: Deferred<unknown>): void {
    if ((first.#state & RUNNING) !== 0) return;
    let givers: Deferred<unknown>[] | undefined;
    let current = first;
    for (;;) {
      const waiter = current.#state < PAUSE ? current.#drain() : undefined;
      if (waiter !== undefined) {
        // Whoever takes the result runs first; the giver's other callbacks come after.
        (givers ??= []).push(current);
        current = waiter;
        continue;
      }
      if (current.#result instanceof Failure && current.#state < PAUSE) suspect(current);
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
        if (this.#head >= SPENT_MAX && this.#head * 2 >= more.length) {
          more.splice(0, this.#head);
          this.#head = 0;
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
      if (callback === PEEK) {
        (errback as Handler)((result instanceof Failure ? this.#seen(result) : result) as never);
        continue;
      }
      const handler = (result instanceof Failure ? errback : callback) as Handler | undefined;
      if (handler === undefined) continue;

      this.#state &= ~SEEN;
      let goesOn = true;
      try {
        const next = handler(result as never);
        if (typeof next !== "object" || next === null) this.#result = next;
        else goesOn = this.#accept(next);
      } catch (error) {
        this.#result = Failure.from(error);
      }
      if (anyReported && result instanceof Failure && result !== this.#result) noteHandled(result);
      if (!goesOn) break;
    }
    this.#state &= ~RUNNING;
    return undefined;
  }

  /** Takes what a handler returned as the result; false if this must wait for it. */
  #accept(returned: object): boolean {
    let inner: Deferred<unknown>;
    if (returned instanceof Deferred) {
      inner = returned as Deferred<unknown>;
    } else {
      const promise = asPromise(returned);
      if (promise === undefined) {
        this.#result = returned;
        return true;
      }
      inner = fromPromise(promise);
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
    inner.#add(CONTINUE, this);
    return false;
  }

  /** The failure as an `await` gets it, which leaves it in its place. */
  #seen(failure: Failure): Promise<never> {
    this.#state |= SEEN;
    if (anyReported) noteHandled(failure);
    return Promise.reject(failure.value);
  }

  /** The result, if it is there and nobody works on it; the Deferred is left holding undefined. */
  #take(): unknown {
    if ((this.#state & (CALLED | RUNNING)) !== CALLED || this.#state >= PAUSE) return NOT_YET;
    // It is giving its result away: those who came before are still to be called.
    if (this.#callback !== undefined || this.#errback !== undefined || this.#more) return NOT_YET;
    const result = this.#result;
    this.#result = undefined;
    if (anyReported && result instanceof Failure) noteHandled(result);
    return result;
  }

  static {
    fireRaw = (deferred, value) => deferred.#fire(value);
    take = (deferred) => deferred.#take();
  }
}

/**
 * A Deferred for the outcome of a promise. A promise cannot be cancelled: cancelling the Deferred
 * fails it with CancelledError at once, and the promise's outcome is then ignored.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Deferred<T> {
  const deferred = new Deferred<T>();
  // Costs a promise nothing; of any other thenable it makes one that keeps the rules.
  Promise.resolve(promise).then(
    (value) => deferred.callback(value),
    (reason: unknown) => deferred.errback(reason),
  );
  return deferred;
}
