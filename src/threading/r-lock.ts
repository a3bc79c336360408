import { ThreadLock } from "./thread-lock.ts";

/**
 * A lock that its holder may acquire again, and releases as often; the holder is a thread. So it
 * keeps threads apart, and not two coroutines of one thread, which both are that holder: for those
 * there is {@link Lock}.
 *
 * ```ts
 * import { RLock } from "skein/threading";
 *
 * const lock = new RLock();
 * const outer = (): string => lock.runSync(() => inner());
 * const inner = (): string => lock.runSync(() => "twice in it");
 * console.log(outer(), lock.locked); // → twice in it false
 * ```
 */
export class RLock extends ThreadLock {
  /** @param crossed only for {@link reviveRLock}. */
  constructor(crossed?: SharedArrayBuffer) {
    super(crossed, { module: import.meta.url, name: "reviveRLock" }, true);
  }

  get heldForCaller(): boolean {
    return this.ownedHere;
  }
}

export const reviveRLock = (crossed: SharedArrayBuffer): RLock => new RLock(crossed);
