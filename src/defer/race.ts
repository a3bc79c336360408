import { BadOptionError, SkeinError } from "../core/errors.ts";
import { Deferred } from "./deferred.ts";
import type { Failure } from "./failure.ts";

/** All the Deferreds of a race failed. */
export class FailureGroup extends SkeinError {
  override readonly name = "FailureGroup";
  readonly code = "ERR_ALL_FAILED";
  /** In the order in which they failed. */
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(`all ${failures.length} failed: ${failures.map(({ message }) => message).join("; ")}`);
    this.failures = failures;
  }
}

/**
 * Fires with `[index, value]` of the first Deferred that has a value, and cancels the others. Fails
 * with FailureGroup when all have failed. Takes the results of all. Cancelling it cancels them all,
 * and so, as a rule, fails it with a FailureGroup.
 *
 * ```ts
 * import { Deferred, race } from "skein/defer";
 *
 * const slow = new Deferred<string>(() => console.log("slow is cancelled"));
 * const quick = new Deferred<string>();
 * race([slow, quick]).addCallback(([index, value]) => console.log(index, value));
 * quick.callback("here");
 * // → slow is cancelled
 * // → 1 here
 * ```
 *
 * @throws BadOptionError for no Deferreds: such a race could never end.
 */
export function race<T>(deferreds: Iterable<Deferred<T>>): Deferred<[index: number, value: T]> {
  const all = [...deferreds];
  if (all.length === 0) throw new BadOptionError("a race needs at least one Deferred");
  const result = new Deferred<[number, T]>(() => {
    for (const deferred of all) deferred.cancel();
  });
  const failures: Failure[] = [];
  let won = false;
  for (const [index, deferred] of all.entries()) {
    deferred.addCallbacks(
      (value) => {
        if (won) return;
        won = true;
        for (const other of all) if (other !== deferred) other.cancel();
        result.callback([index, value]);
      },
      (failure) => {
        failures.push(failure);
        if (failures.length === all.length) result.errback(new FailureGroup(failures));
      },
    );
  }
  return result;
}
