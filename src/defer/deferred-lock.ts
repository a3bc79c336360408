import { Acquirable } from "./acquirable.ts";

/**
 * A lock that is waited for by Deferreds: one holder at a time.
 *
 * ```ts
 * import { Deferred, DeferredLock } from "skein/defer";
 *
 * const lock = new DeferredLock();
 * const slow = new Deferred<void>();
 * lock.run(() => slow).addCallback(() => console.log("first is done"));
 * lock.run(() => console.log("second begins"));
 * slow.callback();
 * // → second begins
 * // → first is done
 * ```
 */
export class DeferredLock extends Acquirable {
  constructor() {
    super(1);
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return this.tokens === 0;
  }
}
