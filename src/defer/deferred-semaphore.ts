import { BadOptionError } from "../core/errors.ts";
import { Acquirable } from "./acquirable.ts";

/**
 * Lets so many at a time: `new DeferredSemaphore(10)` with `run()` around each request keeps ten
 * under way.
 *
 * ```ts
 * import { Deferred, DeferredSemaphore } from "skein/defer";
 *
 * const semaphore = new DeferredSemaphore(2);
 * for (const name of ["a", "b", "c"]) {
 *   semaphore.run(() => {
 *     console.log(name);
 *     return new Deferred<void>();
 *   });
 * }
 * console.log(semaphore.waiting);
 * // → a
 * // → b
 * // → 1
 * ```
 */
export class DeferredSemaphore extends Acquirable {
  /** @throws BadOptionError unless `tokens` is a whole number of 1 or more. */
  constructor(tokens: number) {
    if (!(Number.isInteger(tokens) && tokens >= 1)) {
      throw new BadOptionError(`a semaphore has 1 or more tokens, not ${tokens}`);
    }
    super(tokens);
  }
}
