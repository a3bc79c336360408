import { Deferred } from "./deferred.ts";
import { Failure } from "./failure.ts";
import { fail, succeed } from "./maybe-deferred.ts";

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
    const told = [...waiting];
    waiting.clear();
    for (const consumer of told) consumer.callback(result);
    return told.length > 0 ? undefined : result;
  });
  return () => {
    if (outcome !== undefined) {
      const { result } = outcome;
      return result instanceof Failure ? fail(result) : succeed(result);
    }
    const consumer = new Deferred<T>(() => {
      waiting.delete(consumer);
    });
    waiting.add(consumer);
    return consumer;
  };
}
