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
import { inCopiedContext } from "../core/context.ts";
import { runAsync } from "./async-coroutine.ts";
import { KEEP_WAITING } from "./canceller.ts";
import { Deferred, fireRaw, fromPromise, take } from "./deferred.ts";
import { Failure } from "./failure.ts";
import { fail } from "./fired.ts";
import { noteEntering, noteLeaving } from "./route.ts";
import { NOT_YET } from "./wait.ts";
import { waitable } from "./waitable.ts";

/** What a function under inlineCallbacks may return when called. */
export type Coroutine<T> =
  Generator<unknown, T, never> | AsyncGenerator<unknown, T, never> | PromiseLike<T>;

/** The class of functions written `async function`, which has no name. */
const AsyncFunction = (async () => {}).constructor as abstract new () => object;

/**
 * Makes of a generator function one that returns a Deferred for its return value.
 *
 * - `function*`: `yield* deferred` waits, and has the type of the result; `yield deferred` waits,
 *   untyped; yielding anything else gives it straight back. It runs synchronously: a Deferred that
 *   has fired costs no turn and no microtask, and no stack however many are waited for. Cancelling
 *   the Deferred cancels the one being waited for, so that the error (CancelledError, as a rule)
 *   is thrown at the `yield`; the generator may catch it and go on.
 * - `async function*`: `yield` and `await` both wait, at the pace of promises.
 * - `async function`: `await` waits. Cancelling one of the async kinds cancels the Deferreds that
 *   are awaited in its context: by itself, by async functions that it called, by listeners that it
 *   has left with a socket. One that it has left in `Promise.race()` counts until it fires. While
 *   there are none (but a promise, which cannot be cancelled), or where the platform has no
 *   AsyncLocalStorage, its Deferred fails at once and its outcome is ignored; a generator is then
 *   ended at its next `yield`, and the next Deferred that it awaits is cancelled.
 * - What returns a Deferred gives that one; another promise is waited for, and cannot be cancelled.
 */
export function inlineCallbacks<This, A extends unknown[], T>(
  body: (this: This, ...args: A) => Coroutine<T>,
): (this: This, ...args: A) => Deferred<T> {
  return function start(this: This, ...args: A): Deferred<T> {
    if (body instanceof AsyncFunction) {
      return runAsync(() => body.apply(this, args) as PromiseLike<T>);
    }
    let coroutine: Coroutine<T>;
    try {
      coroutine = body.apply(this, args);
    } catch (error) {
      return fail(error);
    }
    if (coroutine instanceof Deferred) return coroutine as Deferred<T>;
    if ("then" in coroutine) return fromPromise(coroutine);
    if (Symbol.asyncIterator in coroutine) return driveAsync(coroutine);
    return new Trampoline(coroutine, body.name).done;
  };
}

/** Drives one generator: sends it the results of what it yields. */
class Trampoline<T> {
  readonly done: Deferred<T> = new Deferred<T>(() => this.#cancel());
  readonly #generator: Generator<unknown, T, unknown>;
  readonly #name: string;
  #waitingOn: Deferred<unknown> | undefined = undefined;
  #cancelRequested = false;
  /** While #resume is being added to a Deferred: what it was called with meanwhile, or NOT_YET. */
  #arrived: unknown = undefined;
  #adding = false;

  /** @param name the function's, for stacks. */
  constructor(generator: Generator<unknown, T, unknown>, name: string) {
    this.#generator = generator;
    this.#name = name || "<anonymous>";
    inCopiedContext(() => this.#resume(undefined));
  }

  /** Goes on until the generator waits for a Deferred that has no result, or ends. */
  readonly #resume = (result: unknown): void => {
    if (this.#adding) {
      // The generator goes on when all who wait were called, and in the loop below.
      this.#arrived = result;
      return;
    }
    this.#waitingOn = undefined;
    let sent = result;
    for (;;) {
      let step: IteratorResult<unknown, T>;
      try {
        if (sent instanceof Failure) {
          noteEntering();
          step = this.#generator.throw(sent.value);
        } else {
          step = this.#generator.next(sent);
        }
      } catch (error) {
        noteLeaving(error, this.#name, sent instanceof Failure ? sent.value : NOT_YET);
        this.done.errback(error);
        return;
      }
      if (step.done === true) {
        fireRaw(this.done, step.value);
        return;
      }
      sent = step.value;
      const deferred = waitable(sent);
      if (deferred === undefined) continue;
      sent = take(deferred);
      if (sent !== NOT_YET) continue;
      this.#arrived = NOT_YET;
      this.#adding = true;
      deferred.addBoth(this.#resume);
      this.#adding = false;
      sent = this.#arrived;
      this.#arrived = undefined;
      if (sent !== NOT_YET) continue;
      this.#waitingOn = deferred;
      // A result that was there could not be cancelled: the request has waited for this.
      if (this.#cancelRequested) {
        this.#cancelRequested = false;
        deferred.cancel();
      }
      return;
    }
  };

  #cancel(): typeof KEEP_WAITING {
    // The generator itself asked for it: it will hear at what it waits for next.
    if (this.#waitingOn === undefined) this.#cancelRequested = true;
    else this.#waitingOn.cancel();
    return KEEP_WAITING;
  }
}

function driveAsync<T>(generator: AsyncGenerator<unknown, T, never>): Deferred<T> {
  const drive = async (): Promise<T> => {
    let step = await generator.next();
    // `yield` in an async generator has already awaited: its value goes straight back.
    while (step.done !== true) step = await generator.next(step.value as never);
    return step.value;
  };
  // Queued behind the step that is under way; its errors are nobody's any more.
  const giveUp = (): void => void generator.return(undefined as never).catch(() => {});
  return runAsync(drive, giveUp);
}
