/** What the test kit fails a test with. */
import { SkeinError } from "../../core/errors.ts";
import { KitError } from "./kit-error.ts";

/** A test has ended, and something that it made is still open or waiting on its reactor. */
export class DirtyReactorError extends KitError {
  override readonly name = "DirtyReactorError";
  readonly code = "ERR_DIRTY_REACTOR";
}

/** A test, or one of its cleanups, has not ended in its time; on virtual time: never will. */
export class TestDeadlineError extends KitError {
  override readonly name = "TestDeadlineError";
  readonly code = "ERR_TEST_DEADLINE";
}

/** Errors were reported in a test that did not take them by flushErrors(). */
export class UnexpectedErrorsError extends KitError {
  override readonly name = "UnexpectedErrorsError";
  readonly code = "ERR_UNEXPECTED_ERRORS";
}

/** A test that has ended was asked for something: what called it goes on behind the test. */
export class TestEndedError extends SkeinError {
  override readonly name = "TestEndedError";
  readonly code = "ERR_TEST_ENDED";

  constructor() {
    super("the test has ended, and its cleanups were called: nobody would call this one");
  }
}

/** A Deferred has not the result that a test says it has. */
export class WrongResultError extends SkeinError {
  override readonly name = "WrongResultError";
  readonly code = "ERR_WRONG_RESULT";
}
