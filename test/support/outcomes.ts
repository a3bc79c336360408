/** Looking at what Deferreds end with, and at what nobody handled. */
import { AssertionError } from "chai";
import { type Deferred, Failure, onUnhandledFailure } from "skein/defer";

/** How a failure stands in the list of {@link watch}. */
export interface Failed {
  readonly failed: unknown;
}

/** A list that gets what a Deferred ends with: its value, or `{ failed: error }`. Takes it. */
export function watch(deferred: Deferred<unknown>): unknown[] {
  const outcomes: unknown[] = [];
  deferred.addBoth((result) => {
    outcomes.push(result instanceof Failure ? { failed: result.value } : result);
  });
  return outcomes;
}

/** The error that a Deferred has failed with. */
export function errorOf(deferred: Deferred<unknown>): Error & { code?: unknown } {
  const [outcome] = watch(deferred);
  const error = (outcome as Failed | undefined)?.failed;
  if (error instanceof Error) return error;
  throw new AssertionError(`the Deferred has not failed with an Error: ${String(outcome)}`);
}

/** Collects the errors that are reported as unhandled in each test of a suite. */
export function collectUnhandled(): unknown[] {
  const errors: unknown[] = [];
  let restore: () => void;
  beforeEach(() => {
    errors.length = 0;
    restore = onUnhandledFailure((failure) => errors.push(failure.value));
  });
  afterEach(() => restore());
  return errors;
}

/** Fires after all microtasks: without a reactor, unhandled failures are reported by then. */
export function afterMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
