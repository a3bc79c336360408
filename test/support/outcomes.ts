/** Looking at what Deferreds end with, and at what nobody handled. */
import { AssertionError } from "chai";
import { type Deferred, onUnhandledFailure } from "skein/defer";

/** How a failure stands in the list of {@link watch}. */
export interface Failed {
  readonly failed: unknown;
}

/** A list that gets what a Deferred ends with: its value, or `{ failed: error }`. Takes it. */
export function watch(deferred: Deferred<unknown>): unknown[] {
  const outcomes: unknown[] = [];
  deferred.addCallbacks(
    (value) => void outcomes.push(value),
    (failure) => void outcomes.push({ failed: failure.value }),
  );
  return outcomes;
}

/** The error that a Deferred has failed with. */
export function errorOf(deferred: Deferred<unknown>): Error & { code?: unknown } {
  const [outcome] = watch(deferred);
  const error = (outcome as Failed | undefined)?.failed;
  if (error instanceof Error) return error;
  throw new AssertionError(`the Deferred has not failed with an Error: ${String(outcome)}`);
}

/** The error in a list of {@link watch}. */
export function failedWith(outcomes: readonly unknown[]): unknown {
  const [outcome] = outcomes;
  if (typeof outcome === "object" && outcome !== null && "failed" in outcome) return outcome.failed;
  throw new AssertionError(`it has not failed: ${String(outcome)}`);
}

/** Throws anything: not only Errors are thrown. */
export function raise(thrown: unknown): never {
  throw thrown;
}

/**
 * Collects, in each test of a suite, the errors that are reported as unhandled; and the rejections
 * of promises that nobody handled, of which mocha says nothing.
 */
export function collectUnhandled(): unknown[] {
  const errors: unknown[] = [];
  const collect = (error: unknown): void => void errors.push(error);
  let restore: () => void;
  beforeEach(() => {
    errors.length = 0;
    restore = onUnhandledFailure((failure) => collect(failure.value));
    process.on("unhandledRejection", collect);
  });
  afterEach(() => {
    restore();
    process.off("unhandledRejection", collect);
  });
  return errors;
}

/** Fires after all microtasks: without a reactor, unhandled failures are reported by then. */
export function afterMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
