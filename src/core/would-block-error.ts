import { SkeinError } from "./errors.ts";

/** What was called would wait, in a thread that must not: the reactor's. */
export class WouldBlockError extends SkeinError {
  override readonly name = "WouldBlockError";
  readonly code = "ERR_WOULD_BLOCK";
}
