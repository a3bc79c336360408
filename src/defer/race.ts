import { BadOptionError, SkeinError } from "../core/errors.ts";
import { KEEP_WAITING } from "./canceller.ts";
import { Deferred } from "./deferred.ts";
import type { Failure } from "./failure.ts";

/** All the Deferreds of a race failed. */
export class FailureGroup extends SkeinError {
  override readonly name = "FailureGroup";
  readonly code = "ERR_ALL_FAILED";
  /** In the order of the Deferreds. */
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(`all ${failures.length} failed: ${failures.map(({ message }) => message).join("; ")}`);
    this.failures = failures;
  }
}

/**
 * Fires with `[index, value]` of the first Deferred that has a value, and cancels the others. Fails
 * with FailureGroup when all have failed. Takes the results of all. Cancelling it cancels them all,
 * and so, as a rule, fails it with a FailureGroup; with CancelledError when one goes on all the
 * same, whose result is dropped.
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
    // A loser that is being cancelled asks for it: the winner's value is on its way.
    if (won) return KEEP_WAITING;
    for (const deferred of all) deferred.cancel();
    return undefined;
  });
  let won = false;
  const failures = new Map<Deferred<T>, Failure>();
  // Each once: a second callback on one that is given twice would find its result taken.
  const racers = new Set(all);
  for (const deferred of racers) {
    deferred.addCallbacks(
      (value) => {
        if (won || result.called) return;
        won = true;
        for (const other of racers) if (other !== deferred) other.cancel();
        result.callback([all.indexOf(deferred), value]);
      },
      (failure) => {
        failures.set(deferred, failure);
        if (failures.size < racers.size || result.called) return;
        result.errback(new FailureGroup([...racers].flatMap((racer) => failures.get(racer) ?? [])));
      },
    );
  }
  return result;
}
