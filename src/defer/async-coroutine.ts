import { asyncHooks, type ContextStorage } from "../core/context.ts";
import { listenToAwaits } from "./awaiting.ts";
import { KEEP_WAITING } from "./canceller.ts";
import { Deferred } from "./deferred.ts";

/** Holds the coroutine that runs. Made with the first one: on Node before 24 it slows promises. */
let running: ContextStorage | undefined;

/**
 * A coroutine at the pace of promises: an async function, or an async generator that is driven by
 * one.
 *
 * `await` calls the `then` of a Deferred in the coroutine's asynchronous context. So it is known
 * what is awaited, and cancelling the coroutine can cancel that. Where there are no contexts, as in
 * a browser, the coroutine is given up in any case.
 */
export class AsyncCoroutine<T> {
  readonly done: Deferred<T> = new Deferred<T>(() => this.#cancel());
  readonly #giveUp: () => void;
  /** What it awaits now; in Promise.all(), say, that may be several. */
  readonly #awaited = new Set<Deferred<unknown>>();
  /** It was given up before it could be told: it will hear at its next `await`. */
  #cancelRequested = false;
  #ended = false;

  /** @param giveUp called when it is cancelled while it awaits nothing that could be. */
  constructor(body: () => PromiseLike<T>, giveUp: () => void = () => {}) {
    this.#giveUp = giveUp;
    running ??= makeRunning();
    const outcome = running === undefined ? body() : running.run(this, body);
    outcome.then(
      (value) => this.#end(() => this.done.callback(value)),
      (error: unknown) => this.#end(() => this.done.errback(error)),
    );
  }

  /** It begins to await; gives what is to be called when that is over. */
  awaits(deferred: Deferred<unknown>): (() => void) | undefined {
    // What it has left behind still runs in its context, and is not its own any more.
    if (this.#ended) return undefined;
    this.#awaited.add(deferred);
    if (this.#cancelRequested) {
      this.#cancelRequested = false;
      deferred.cancel();
    }
    return () => this.#awaited.delete(deferred);
  }

  #cancel(): typeof KEEP_WAITING | undefined {
    if (this.#awaited.size > 0) {
      for (const deferred of this.#awaited) deferred.cancel();
      return KEEP_WAITING;
    }
    this.#cancelRequested = true;
    this.#giveUp();
    return undefined;
  }

  #end(fire: () => void): void {
    this.#ended = true;
    if (!this.done.called) fire();
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
