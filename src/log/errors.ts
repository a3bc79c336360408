import { SkeinError } from "../core/errors.ts";

/** A log file cannot be opened; the system's error is the cause. */
export class CannotLogError extends SkeinError {
  override readonly name = "CannotLogError";
  readonly code = "ERR_CANNOT_LOG";
}
