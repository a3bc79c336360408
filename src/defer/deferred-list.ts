import { BadOptionError, SkeinError } from "../core/errors.ts";
import { KEEP_WAITING } from "./canceller.ts";
import { Deferred } from "./deferred.ts";
import type { Failure } from "./failure.ts";

/** What became of one Deferred of a list. */
export type Outcome<T> =
  readonly [success: true, value: T] | readonly [success: false, failure: Failure];

export interface DeferredListOptions {
  /** Fire as soon as one has a value, with `[value, index]`. */
  fireOnOneCallback?: boolean;
  /** Fail as soon as one fails, with FirstError. */
  fireOnOneErrback?: boolean;
  /** Handle the failures of the Deferreds: they are in the outcomes, and are not reported. */
  consumeErrors?: boolean;
}

/** The first failure of a list that fails as a whole. */
export class FirstError extends SkeinError {
  override readonly name = "FirstError";
  readonly code = "ERR_FIRST";
  /** The failure itself. */
  readonly subFailure: Failure;
  /** Which of the Deferreds it was. */
  readonly index: number;

  constructor(subFailure: Failure, index: number) {
    super(`the Deferred at index ${index} failed first: ${subFailure.message}`, {
      cause: subFailure.value,
    });
    this.subFailure = subFailure;
    this.index = index;
  }
}

class DeferredListImplementation<T> extends Deferred<unknown> {
  constructor(deferreds: Iterable<Deferred<T>>, options: DeferredListOptions = {}) {
    const all = [...deferreds];
    // Cancelling only passes it on: the list fires when they do.
    super(() => {
      for (const deferred of all) deferred.cancel();
      return KEEP_WAITING;
    });
    const { fireOnOneCallback, fireOnOneErrback, consumeErrors } = options;
    const outcomes: (Outcome<T> | undefined)[] = all.map(() => undefined);
    let unfinished = all.length;
    const finish = (index: number, outcome: Outcome<T>): void => {
      outcomes[index] = outcome;
      unfinished--;
      if (this.called) return;
      const [success, result] = outcome;
      if (success && fireOnOneCallback) this.callback([result, index]);
      else if (!success && fireOnOneErrback) this.errback(new FirstError(result, index));
      else if (unfinished === 0) this.callback(outcomes);
    };

    if (all.length === 0) {
      if (fireOnOneCallback) throw new BadOptionError("no first value can come of no Deferreds");
      this.callback([]);
    }
    for (const [index, deferred] of all.entries()) {
      deferred.addCallbacks(
        (value) => {
          finish(index, [true, value]);
          return value;
        },
        (failure) => {
          finish(index, [false, failure]);
          return consumeErrors ? undefined : failure;
        },
      );
    }
  }
}

/**
 * Waits for several Deferreds, and fires with the outcome of each, in their order: `[true, value]`
 * or `[false, failure]`. Each Deferred keeps its result, for those who come after; a failure is its
 * own to handle, unless `consumeErrors`.
 *
 * With `fireOnOneCallback` it fires with `[value, index]` of the first that has a value, or, which
 * its type does not show, with the outcomes when all have failed. With `fireOnOneErrback` it fails
 * with FirstError at the first failure. Cancelling it cancels the Deferreds that have not fired,
 * and nothing else.
 *
 * ```ts
 * import { DeferredList, fail, succeed } from "skein/defer";
 *
 * const list = new DeferredList([succeed(1), fail(new Error("no"))], { consumeErrors: true });
 * list.addCallback((outcomes) => {
 *   for (const [success, result] of outcomes) {
 *     console.log(success ? `got ${result}` : result.message);
 *   }
 * });
 * // → got 1
 * // → Error: no
 * ```
 *
 * @throws BadOptionError for no Deferreds with `fireOnOneCallback`: it could never fire.
 */
export const DeferredList = DeferredListImplementation as {
  new <T>(
    deferreds: Iterable<Deferred<T>>,
    options: DeferredListOptions & { fireOnOneCallback: true },
  ): Deferred<readonly [value: T, index: number]>;
  new <T>(
    deferreds: Iterable<Deferred<T>>,
    options?: DeferredListOptions & { fireOnOneCallback?: false },
  ): Deferred<Outcome<T>[]>;
  new <T>(
    deferreds: Iterable<Deferred<T>>,
    options: DeferredListOptions,
  ): Deferred<Outcome<T>[] | readonly [value: T, index: number]>;
};
