import { asyncHooks, type ContextStorage } from "../core/context.ts";
import { listenToAwaits } from "./awaiting.ts";
import { KEEP_WAITING } from "./canceller.ts";
import { Deferred } from "./deferred.ts";

/** Holds the coroutine that runs. Made with the first one: on Node before 24 it slows promises. */
let running: ContextStorage | undefined;

/**
 * Runs a coroutine at the pace of promises: an async function, or what drives an async generator.
 * Gives the Deferred for its outcome.
 *
 * `await` calls the `then` of a Deferred in the coroutine's asynchronous context. So it is known
 * what is awaited, and cancelling the coroutine can cancel that. Where there are no contexts, as in
 * a browser, the coroutine is given up in any case.
 *
 * @param giveUp called when it is cancelled while it awaits nothing that could be.
 */
export function runAsync<T>(body: () => PromiseLike<T>, giveUp = (): void => {}): Deferred<T> {
  running ??= makeRunning();
  const coroutine = new AsyncCoroutine(giveUp);
  const done = new Deferred<T>(() => coroutine.cancel());
  const outcome = running === undefined ? body() : running.run(coroutine, body);
  outcome.then(
    (value) => {
      coroutine.end();
      if (!done.called) done.callback(value);
    },
    (error: unknown) => {
      coroutine.end();
      if (!done.called) done.errback(error);
    },
  );
  return done;
}

/**
 * What such a coroutine awaits. All that it leaves behind in its context, such as a socket, holds
 * this: so it does not know of the outcome, and forgets what it awaited.
 */
class AsyncCoroutine {
  #giveUp: () => void;
  /** What it awaits now; in Promise.all(), say, that may be several. */
  readonly #awaited = new Set<Deferred<unknown>>();
  /** It was given up before it could be told: it will hear at its next `await`. */
  #cancelRequested = false;
  #ended = false;

  constructor(giveUp: () => void) {
    this.#giveUp = giveUp;
  }

  /** It begins to await; gives what is to be called when that is over. */
  awaits(deferred: Deferred<unknown>): (() => void) | undefined {
    // What it has left behind still runs in its context, and is not its own any more.
    if (this.#ended) return undefined;
    this.#awaited.add(deferred);
    // Not before it is known whether there is a result already, which could not be cancelled.
    if (this.#cancelRequested) queueMicrotask(() => this.#cancelLate(deferred));
    return () => this.#awaited.delete(deferred);
  }

  cancel(): typeof KEEP_WAITING | undefined {
    if (this.#awaited.size > 0) {
      for (const deferred of this.#awaited) deferred.cancel();
      return KEEP_WAITING;
    }
    this.#cancelRequested = true;
    this.#giveUp();
    return undefined;
  }

  end(): void {
    this.#ended = true;
    this.#awaited.clear();
    this.#giveUp = () => {};
  }

  #cancelLate(deferred: Deferred<unknown>): void {
    if (!this.#cancelRequested || !this.#awaited.has(deferred)) return;
    this.#cancelRequested = false;
    deferred.cancel();
  }
}

function makeRunning(): ContextStorage | undefined {
  const AsyncLocalStorage = asyncHooks()?.AsyncLocalStorage;
  if (AsyncLocalStorage === undefined) return undefined;
  const storage = new AsyncLocalStorage();
  listenToAwaits((deferred) => {
    const coroutine = storage.getStore();
    return coroutine instanceof AsyncCoroutine ? coroutine.awaits(deferred) : undefined;
  });
  return storage;
}
