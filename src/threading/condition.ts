import { BadOptionError } from "../core/errors.ts";
import { KEEP_WAITING } from "../defer/canceller.ts";
import type { Chained } from "../defer/chained.ts";
import { NotAcquiredError } from "../defer/acquirable.ts";
import { Deferred } from "../defer/deferred.ts";
import { CancelledError } from "../defer/errors.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { Lock } from "./lock.ts";
import { RLock } from "./r-lock.ts";
import { FIRST_WORD, SharedMemory } from "./shared-memory.ts";
import { SharedObject } from "./shared-object.ts";
import { type Attempt, NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";
import { deadlineIn, secondsLeft } from "./sleep.ts";
import { WAIT_COUNTS_WORDS, WaitCounts } from "./wait-counts.ts";

const COUNTS = FIRST_WORD;
const NOTIFIED = COUNTS + WAIT_COUNTS_WORDS;
const WORDS = NOTIFIED + SIGNAL_WORDS;

/** What crosses of a condition. */
export interface CrossedCondition {
  readonly memory: SharedArrayBuffer;
  readonly lock: SharedArrayBuffer;
  /** Whether the lock is an RLock. */
  readonly again: boolean;
}

/**
 * A lock, and waiting for what it protects to change: `wait()` releases the lock while it waits,
 * and has it again when it is done.
 *
 * ```ts
 * import { Condition } from "skein/threading";
 *
 * const condition = new Condition();
 * let cups = 0;
 * condition.run(() => condition.waitFor(() => cups > 1).addCallback(() => console.log("tea")));
 * for (const n of [1, 2]) {
 *   condition.run(() => {
 *     cups = n;
 *     condition.notifyAll();
 *   });
 * }
 * await new Promise((resolve) => setImmediate(resolve)); // → tea
 * ```
 *
 * Of those who wait, whoever looks first is notified; in one thread, who has waited longest. What
 * they wait for may have changed again until they have the lock: {@link waitFor} looks.
 */
export class Condition extends SharedObject {
  readonly lock: Lock | RLock;
  readonly #counts: WaitCounts;
  readonly #notified: Signal;

  /**
   * @param lock of its own unless given; several conditions may share one.
   * @param crossed only for {@link reviveCondition}.
   */
  constructor(lock: Lock | RLock = new Lock(), crossed?: SharedArrayBuffer) {
    const memory = new SharedMemory(crossed ?? WORDS);
    const notified = new Signal(memory, NOTIFIED);
    const data = (): CrossedCondition => ({
      memory: memory.cross(),
      lock: lock.crosses("threads").data as SharedArrayBuffer,
      again: lock.again,
    });
    super(memory, {
      module: import.meta.url,
      name: "reviveCondition",
      data,
      signals: [notified],
      twin: () => reviveCondition(data()),
    });
    this.lock = lock;
    this.#counts = new WaitCounts(memory.words, COUNTS);
    this.#notified = notified;
  }

  /** Acquires the lock: {@link Lock.acquire}. */
  acquire(): Deferred<void> {
    return this.lock.acquire();
  }

  /** {@link Lock.acquireSync} */
  acquireSync(seconds?: number): void {
    this.lock.acquireSync(seconds);
  }

  /** {@link Lock.release} */
  release(): void {
    this.lock.release();
  }

  /** {@link Lock.run} */
  run<A extends unknown[], R>(f: (...args: A) => R, ...args: A): Deferred<Chained<R>> {
    return this.lock.run(f, ...args);
  }

  /** {@link Lock.runSync} */
  runSync<A extends unknown[], R>(f: (...args: A) => R, ...args: A): R {
    return this.lock.runSync(f, ...args);
  }

  /**
   * Releases the lock, and fires when it was notified and has the lock again. When it is cancelled
   * it fails, but not before it has the lock again, as its caller is about to release that.
   *
   * @throws NotAcquiredError, QueueFullError when 65,535 wait
   */
  wait(): Deferred<void> {
    const [attempt, depth] = this.#begin("wait()");
    let cancelled = false;
    const notified = this.#notified.when(attempt);
    const result = new Deferred<void>(() => {
      cancelled = true;
      // Once it has been notified, it waits for the lock alone.
      if (!notified.called) notified.cancel();
      return KEEP_WAITING;
    });
    notified
      .addErrback((failure) => {
        failure.trap(CancelledError);
        this.#counts.leave();
      })
      .addCallback(() => this.lock.takeAgain(depth))
      .addCallback(() => {
        if (cancelled) result.errback(new CancelledError());
        else result.callback();
      })
      .addErrback((failure) => result.errback(failure));
    return result;
  }

  /**
   * The same, blocking, for workers; it has the lock again.
   *
   * @throws TimeoutError, WouldBlockError
   */
  waitSync(seconds?: number): void {
    this.#notified.assertMaySleep("waitSync()", "wait()");
    const [attempt, depth] = this.#begin("waitSync()");
    try {
      this.#notified.wait(attempt, seconds, "waitSync()", "wait()");
    } catch (error) {
      this.#counts.leave();
      throw error;
    } finally {
      this.lock.takeAgainSync(depth);
    }
  }

  /** Waits until `predicate`, called in the lock, gives something true, and fires with that. */
  waitFor<T>(predicate: () => T): Deferred<T> {
    return maybeDeferred(predicate).addCallback((found) =>
      found ? found : this.wait().addCallback(() => this.waitFor(predicate)),
    ) as Deferred<T>;
  }

  /** The same, blocking, for workers. @throws TimeoutError, WouldBlockError */
  waitForSync<T>(predicate: () => T, seconds?: number): T {
    let found = predicate();
    if (found) return found;
    this.#notified.assertMaySleep("waitForSync()", "waitFor()");
    const until = deadlineIn(seconds);
    do {
      this.waitSync(secondsLeft(until));
      found = predicate();
    } while (!found);
    return found;
  }

  /** Has one go on who waits, or so many. @throws NotAcquiredError, BadOptionError */
  notify(count: number = 1): void {
    this.#assertHeld("notify()");
    if (count !== Infinity && !(Number.isInteger(count) && count >= 0)) {
      throw new BadOptionError(`notify() has 0 or more go on, not ${count}`);
    }
    this.#counts.notify(count);
    this.#notified.fire();
  }

  /** Has all go on who wait. @throws NotAcquiredError */
  notifyAll(): void {
    this.notify(Infinity);
  }

  #assertHeld(what: string): void {
    if (this.lock.heldForCaller) return;
    throw new NotAcquiredError(`${what} on a condition whose lock is not held`);
  }

  /** How to see that it was notified, and how deep it held the lock, which is free now. */
  #begin(what: string): [attempt: Attempt<void>, depth: number] {
    this.#assertHeld(what);
    const number = this.#counts.enter();
    const attempt: Attempt<void> = () => (this.#counts.take(number) ? undefined : NOT_YET);
    return [attempt, this.lock.letGo()];
  }
}

export function reviveCondition({ memory, lock, again }: CrossedCondition): Condition {
  return new Condition(again ? new RLock(lock) : new Lock(lock), memory);
}
