import { Deferred, fireRaw } from "./deferred.ts";

/**
 * A Deferred that gets the result of another, and whose cancelling does not reach it: the work goes
 * on, only this waiter gives up. It takes the result; one that comes after the cancelling stays
 * with the other, as its own (a failure is then reported unless it is handled there).
 *
 * ```ts
 * import { Deferred, shield } from "skein/defer";
 *
 * const work = new Deferred<string>(() => console.log("never called"));
 * const waiter = shield(work).addErrback((failure) => console.log(failure.message));
 * waiter.cancel(); // → CancelledError: the operation was cancelled
 * work.addCallback((result) => console.log(result));
 * work.callback("done all the same"); // → done all the same
 * ```
 */
export function shield<T>(deferred: Deferred<T>): Deferred<T> {
  let wanted = true;
  const shielded = new Deferred<T>(() => {
    wanted = false;
  });
  deferred.addBoth((result) => {
    if (!wanted) return result;
    fireRaw(shielded, result);
    return undefined;
  });
  return shielded;
}
