import { Deferred, fireRaw } from "./deferred.ts";
import { Failure } from "./failure.ts";

/**
 * Lets several consumers have one result: each call of the returned function gives a Deferred of
 * its own for it, whether it is there yet or not. What one consumer makes of the result is nothing
 * to the others; cancelling one only ends that one's waiting. A failure is every consumer's to
 * handle; with no consumer at all it is reported.
 *
 * ```ts
 * import { Deferred, fork } from "skein/defer";
 *
 * const lookup = new Deferred<string>();
 * const address = fork(lookup);
 * address().addCallback((text) => console.log(text.length));
 * address().addCallback((text) => console.log(text.toUpperCase()));
 * lookup.callback("::1a");
 * // → 4
 * // → ::1A
 * address().addCallback((text) => console.log(text)); // → ::1a
 * ```
 */
export function fork<T>(deferred: Deferred<T>): () => Deferred<T> {
  const waiting = new Set<Deferred<T>>();
  let outcome: { readonly result: T | Failure } | undefined;
  deferred.addBoth((result) => {
    outcome = { result };
    if (waiting.size === 0) return result;
    // One that is told may cancel others that are still to be told: those leave the set.
    for (const consumer of waiting) {
      waiting.delete(consumer);
      fireRaw(consumer, result);
    }
    return undefined;
  });
  return () => {
    if (outcome !== undefined) {
      const { result } = outcome;
      if (result instanceof Failure) {
        // The consumer's to handle from now on.
        deferred.addErrback((failure) => (failure === result ? undefined : failure));
      }
      const late = new Deferred<T>();
      fireRaw(late, result);
      return late;
    }
    const consumer = new Deferred<T>(() => {
      waiting.delete(consumer);
    });
    waiting.add(consumer);
    return consumer;
  };
}
