import { SkeinError } from "../core/errors.ts";

/** `callback()` or `errback()` on a Deferred that was already fired: a bug in whoever fires it. */
export class AlreadyCalledError extends SkeinError {
  override readonly name = "AlreadyCalledError";
  readonly code = "ERR_ALREADY_CALLED";

  /** @param history where it was made and first fired, if that is known. */
  constructor(history = "") {
    super(`this Deferred was already fired; a Deferred fires once${history}`);
  }
}

/** What a waiter gets when the operation it waits for was cancelled. */
export class CancelledError extends SkeinError {
  override readonly name: string = "CancelledError";
  readonly code: string = "ERR_CANCELLED";

  constructor(message = "the operation was cancelled") {
    super(message);
  }
}

/** The operation did not finish in the time it was given. The one class for every timeout. */
export class TimeoutError extends SkeinError {
  override readonly name = "TimeoutError";
  readonly code = "ERR_TIMEOUT";
}
