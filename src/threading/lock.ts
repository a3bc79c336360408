import { ThreadLock } from "./thread-lock.ts";

/**
 * A lock: one holder at a time, in whatever thread. Pass it to a worker as an argument, and it is
 * the same lock there. Anybody may release it.
 *
 * ```ts
 * import { Lock } from "skein/threading";
 *
 * const lock = new Lock();
 * lock.acquireSync(); // at once, as it is free
 * lock.run(() => console.log("held")).addCallback(() => console.log(lock.locked));
 * try {
 *   lock.acquireSync();
 * } catch (error) {
 *   console.log((error as Error).name);
 * }
 * lock.release();
 * await Promise.resolve();
 * // → WouldBlockError
 * // → held
 * // → false
 * ```
 *
 * A thread that ends while it holds the lock leaves it abandoned: those who wait, and all who come,
 * get an AbandonedLockError, until somebody has put in order what the lock protects, and calls
 * {@link ThreadLock.reclaim}.
 */
export class Lock extends ThreadLock {
  /** @param crossed only for {@link reviveLock}. */
  constructor(crossed?: SharedArrayBuffer) {
    super(crossed, { module: import.meta.url, name: "reviveLock" }, false);
  }

  get heldForCaller(): boolean {
    return this.locked;
  }
}

export const reviveLock = (crossed: SharedArrayBuffer): Lock => new Lock(crossed);
