/** What DeferredLock and DeferredSemaphore have in common: tokens, and those who wait for one. */
import { SkeinError } from "../core/errors.ts";
import { KEEP_WAITING } from "./canceller.ts";
import type { Chained } from "./chained.ts";
import { Deferred } from "./deferred.ts";
import { succeed } from "./fired.ts";
import { maybeDeferred } from "./maybe-deferred.ts";
import { Waiters } from "./waiters.ts";

/** A lock was released that nobody held, or a semaphore more often than it was acquired. */
export class NotAcquiredError extends SkeinError {
  override readonly name = "NotAcquiredError";
  readonly code = "ERR_NOT_ACQUIRED";
}

/** The one whom release() serves just now. */
interface Served {
  readonly waiter: Deferred<unknown>;
  /** Where a run() that is done at once leaves its release to the release() that serves it. */
  readonly unwinding: Deferred<void>[];
}

/**
 * What is acquired before some work and released after it: a {@link DeferredLock} or a
 * {@link DeferredSemaphore}. {@link run} does both, whatever becomes of the work.
 */
export abstract class Acquirable {
  /** How many may hold it at a time. */
  readonly limit: number;
  #tokens: number;
  readonly #waiting = new Waiters<this>();
  #served: Served | undefined;

  constructor(limit: number) {
    this.limit = limit;
    this.#tokens = limit;
  }

  /** How many more may acquire it now. */
  get tokens(): number {
    return this.#tokens;
  }

  /** How many wait to acquire it. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Fires with this when it is the caller's; at once if it is free. Waiters are served in the order
   * in which they came. Cancelling one that waits takes it out of the queue; once it has fired,
   * cancelling does nothing, and it is to be released.
   */
  acquire(): Deferred<this> {
    if (this.#tokens === 0) return this.#waiting.add();
    this.#tokens--;
    return succeed(this);
  }

  /** Gives it back: to the one who has waited longest. @throws NotAcquiredError */
  release(): void {
    this.#assertAcquired();
    // Of many that run() in turn, each done at once, each would release inside the one before it.
    // They leave that to this loop: the same order, in constant stack.
    const unwinding: Deferred<void>[] = [];
    let releases = 1;
    for (; releases > 0; releases--) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) {
        this.#tokens++;
        continue;
      }
      const before = unwinding.length;
      this.#served = { waiter, unwinding };
      waiter.callback(this);
      this.#served = undefined;
      releases += unwinding.length - before;
    }
    for (const done of unwinding.reverse()) done.callback();
  }

  /**
   * Acquires it, calls `f`, and releases it when what `f` returned has fired, or it has failed.
   * The Deferred gets the outcome of `f`, after the next one was served.
   */
  run<A extends unknown[], R>(f: (...args: A) => R, ...args: A): Deferred<Chained<R>> {
    const acquired = this.acquire();
    return acquired.addCallback(() => {
      const served = this.#served?.waiter === acquired ? this.#served : undefined;
      let done: Deferred<void> | undefined;
      let atOnce = served !== undefined;
      const outcome = maybeDeferred(f, ...args).addBoth((result) => {
        if (atOnce) {
          this.#assertAcquired();
          // There is nothing to cancel any more.
          done = new Deferred<void>(() => KEEP_WAITING);
        } else {
          this.release();
        }
        return result;
      });
      atOnce = false;
      if (done === undefined) return outcome;
      served?.unwinding.push(done);
      return done.addCallback(() => outcome);
    }) as Deferred<Chained<R>>;
  }

  #assertAcquired(): void {
    if (this.#tokens === this.limit) {
      throw new NotAcquiredError("release() without an acquire() before it");
    }
  }
}
