/** Work between acquiring something and releasing it. */
import { isThenable } from "../core/is-thenable.ts";
import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";

/** What is held: a lock, or a semaphore. */
interface Held {
  acquire(): Deferred<void>;
  acquireSync(): void;
  release(): void;
}

/** Releases it when what `f` returns has fired. */
export function runHolding(held: Held, f: () => unknown): Deferred<unknown> {
  return held.acquire().addCallback(() =>
    maybeDeferred(f).addBoth((result) => {
      held.release();
      return result;
    }),
  );
}

/** @throws TypeError when `f` returns a promise: it would be released before that is done. */
export function runHoldingSync<R>(held: Held, f: () => R): R {
  held.acquireSync();
  try {
    const result = f();
    if (isThenable(result)) {
      throw new TypeError("runSync() calls functions that are done when they return: use run()");
    }
    return result;
  } finally {
    held.release();
  }
}
