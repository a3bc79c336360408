/**
 * inlineCallbacks: code that waits for Deferreds, written in a straight line.
 *
 * ```ts
 * import { Deferred, fail, inlineCallbacks } from "skein/defer";
 *
 * const name = new Deferred<string>();
 * const greet = inlineCallbacks(function* (greeting: string) {
 *   const text: string = yield* name; // waits; typed
 *   try {
 *     yield fail(new Error("no printer")); // a failure is thrown here
 *   } catch {
 *     return `${greeting}, ${text}!`;
 *   }
 *   return "printed";
 * });
 *
 * greet("Hello").addCallback((line) => console.log(line));
 * name.callback("Ada"); // → Hello, Ada!
 * ```
 */
import { KEEP_WAITING } from "./canceller.ts";
import { Deferred, fireRaw, fromPromise } from "./deferred.ts";
import { CancelledError } from "./errors.ts";
import { Failure } from "./failure.ts";
import { isThenable } from "./thenable.ts";

/** What a function under inlineCallbacks may return when called. */
export type Coroutine<T> =
  Generator<unknown, T, never> | AsyncGenerator<unknown, T, never> | PromiseLike<T>;

/**
 * Makes of a generator function one that returns a Deferred for its return value.
 *
 * - `function*`: `yield* deferred` waits, and has the type of the result; `yield deferred` waits,
 *   untyped; yielding anything else gives it straight back. It runs synchronously: a Deferred that
 *   has fired costs no turn and no microtask, and no stack however many are waited for. Cancelling
 *   the Deferred cancels the one being waited for, so that the error (CancelledError, as a rule)
 *   is thrown at the `yield`; the generator may catch it and go on.
 * - `async function*`: `yield` and `await` both wait, at the pace of promises.
 * - `async function`: `await` waits. Cancelling one of the async kinds fails the Deferred at once;
 *   a generator is ended at its next `yield`, with its `finally` blocks run, an async function
 *   runs to its end and its outcome is ignored.
 */
export function inlineCallbacks<This, A extends unknown[], T>(
  body: (this: This, ...args: A) => Coroutine<T>,
): (this: This, ...args: A) => Deferred<T> {
  return function start(this: This, ...args: A): Deferred<T> {
    let coroutine: Coroutine<T>;
    try {
      coroutine = body.apply(this, args);
    } catch (error) {
      const failed = new Deferred<T>();
      failed.errback(error);
      return failed;
    }
    if (isThenable(coroutine)) return fromPromise(coroutine);
    if (Symbol.asyncIterator in coroutine) return driveAsync(coroutine);
    return new Trampoline(coroutine).done;
  };
}

/** Drives one generator: sends it the results of what it yields, in a loop. */
class Trampoline<T> {
  readonly done: Deferred<T> = new Deferred<T>(() => this.#cancel());
  readonly #generator: Generator<unknown, T, unknown>;
  #waitingOn: Deferred<unknown> | undefined = undefined;
  /** The loop is on the stack: a result is left in #arrived for it instead of resuming. */
  #looping = false;
  #arrived: { result: unknown } | undefined = undefined;
  #cancelRequested = false;

  constructor(generator: Generator<unknown, T, unknown>) {
    this.#generator = generator;
    this.#resume(undefined);
  }

  readonly #receive = (result: unknown): void => {
    if (this.#looping) this.#arrived = { result };
    else this.#resume(result);
  };

  #resume(sent: unknown): void {
    this.#waitingOn = undefined;
    this.#looping = true;
    for (;;) {
      let step: IteratorResult<unknown, T>;
      try {
        step =
          sent instanceof Failure ? this.#generator.throw(sent.value) : this.#generator.next(sent);
      } catch (error) {
        this.#looping = false;
        this.done.errback(error);
        return;
      }
      if (step.done === true) {
        this.#looping = false;
        fireRaw(this.done, step.value);
        return;
      }
      const deferred = waitable(step.value);
      if (deferred === undefined) {
        sent = step.value;
        continue;
      }
      deferred.addBoth(this.#receive);
      // One that has fired already cannot be cancelled: the request stays for the next.
      if (this.#cancelRequested && this.#arrived === undefined) {
        this.#cancelRequested = false;
        deferred.cancel();
      }
      if (this.#arrived === undefined) {
        this.#looping = false;
        this.#waitingOn = deferred;
        return;
      }
      sent = this.#arrived.result;
      this.#arrived = undefined;
    }
  }

  #cancel(): typeof KEEP_WAITING {
    // The generator itself asked for it: it will hear at what it waits for next.
    if (this.#waitingOn === undefined) this.#cancelRequested = true;
    else this.#waitingOn.cancel();
    return KEEP_WAITING;
  }
}

function waitable(yielded: unknown): Deferred<unknown> | undefined {
  if (yielded instanceof Deferred) return yielded as Deferred<unknown>;
  if (typeof yielded === "object" && yielded !== null && isThenable(yielded)) {
    return fromPromise(yielded);
  }
  return undefined;
}

function driveAsync<T>(generator: AsyncGenerator<unknown, T, never>): Deferred<T> {
  const done = new Deferred<T>((cancelled) => {
    cancelled.errback(new CancelledError());
    // Queued behind the step that is under way; its errors are nobody's any more.
    generator.return(undefined as never).catch(() => {});
  });
  const advance = async (): Promise<void> => {
    try {
      let step = await generator.next();
      // `yield` in an async generator has already awaited: its value goes straight back.
      while (step.done !== true) step = await generator.next(step.value as never);
      if (!done.called) done.callback(step.value);
    } catch (error) {
      if (!done.called) done.errback(error);
    }
  };
  void advance();
  return done;
}
