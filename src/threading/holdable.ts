import type { Chained } from "../defer/chained.ts";
import type { Deferred } from "../defer/deferred.ts";
import { runHolding, runHoldingSync } from "./run-holding.ts";
import { type Attempt, NOT_YET, type Signal } from "./signal.ts";
import type { SharedMemory } from "./shared-memory.ts";
import { type Rebirth, SharedObject } from "./shared-object.ts";

/** What is acquired before some work and released after it: a lock, or a semaphore. */
export abstract class Holdable extends SharedObject {
  readonly #attempt: Attempt<void>;
  readonly #freed: Signal;

  constructor(
    memory: SharedMemory,
    rebirth: Omit<Rebirth, "signals">,
    freed: Signal,
    attempt: Attempt<void>,
  ) {
    super(memory, { ...rebirth, signals: [freed] });
    this.#freed = freed;
    this.#attempt = attempt;
  }

  /**
   * Fires when it is the caller's: at once if it is free. Those who wait in one thread are served
   * in the order in which they came; among threads, whoever is first has it. Cancelling one that
   * waits takes it out; once it has fired, it is to be released.
   */
  acquire(): Deferred<void> {
    return this.#freed.when(this.#attempt);
  }

  /**
   * The same, blocking, for workers. In the reactor's thread only what is free can be had.
   *
   * @param seconds that it may wait; no limit unless given.
   * @throws WouldBlockError, TimeoutError
   */
  acquireSync(seconds?: number): void {
    this.#freed.wait(this.#attempt, seconds, "acquireSync()", "acquire()");
  }

  /** Takes it if it is free; whether it was. */
  tryAcquire(): boolean {
    return this.#attempt() !== NOT_YET;
  }

  /** Gives it back. Nothing of others runs in here, wherever they wait. @throws NotAcquiredError */
  abstract release(): void;

  /**
   * Acquires it, calls `f`, and releases it when what `f` returned has fired, or it has failed.
   * The Deferred gets the outcome of `f`.
   */
  run<A extends unknown[], R>(f: (...args: A) => R, ...args: A): Deferred<Chained<R>> {
    return runHolding(this, () => f(...args)) as Deferred<Chained<R>>;
  }

  /**
   * The same, blocking, as {@link acquireSync} is.
   *
   * @throws TypeError when `f` returns a promise: it would be released before that is done.
   */
  runSync<A extends unknown[], R>(f: (...args: A) => R, ...args: A): R {
    return runHoldingSync(this, () => f(...args));
  }
}
