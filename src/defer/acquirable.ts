/** What DeferredLock and DeferredSemaphore have in common: tokens, and those who wait for one. */
import { SkeinError } from "../core/errors.ts";
import type { Chained } from "./chained.ts";
import { Deferred } from "./deferred.ts";
import { maybeDeferred } from "./maybe-deferred.ts";

/** A lock was released that nobody held, or a semaphore more often than it was acquired. */
export class NotAcquiredError extends SkeinError {
  override readonly name = "NotAcquiredError";
  readonly code = "ERR_NOT_ACQUIRED";
}

export abstract class Acquirable {
  /** How many may hold it at a time. */
  readonly limit: number;
  #tokens: number;
  /** A Set, so that one who gives up leaves the queue in constant time. */
  readonly #waiting = new Set<Deferred<this>>();

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
    return this.#waiting.size;
  }

  /**
   * Fires with this when it is the caller's; at once if it is free. Waiters are served in the order
   * in which they came. Cancelling one that waits takes it out of the queue; once it has fired,
   * cancelling does nothing, and it is to be released.
   */
  acquire(): Deferred<this> {
    const deferred = new Deferred<this>(() => {
      this.#waiting.delete(deferred);
    });
    if (this.#tokens === 0) {
      this.#waiting.add(deferred);
    } else {
      this.#tokens--;
      deferred.callback(this);
    }
    return deferred;
  }

  /** Gives it back: to the one who has waited longest. @throws NotAcquiredError */
  release(): void {
    if (this.#tokens === this.limit) {
      throw new NotAcquiredError("release() without an acquire() before it");
    }
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#tokens++;
    } else {
      this.#waiting.delete(next);
      next.callback(this);
    }
  }

  /**
   * Acquires it, calls `f`, and releases it when what `f` returned has fired, or it has failed.
   * The Deferred gets the outcome of `f`.
   */
  run<A extends unknown[], R>(f: (...args: A) => R, ...args: A): Deferred<Chained<R>> {
    return this.acquire().addCallback(() =>
      maybeDeferred(f, ...args).addBoth((result) => {
        this.release();
        return result;
      }),
    ) as Deferred<Chained<R>>;
  }
}
