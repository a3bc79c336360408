import { SkeinError } from "./errors.ts";

/** It would have to wait, and the thread of a reactor must not: there is another form that may. */
export class WouldBlockError extends SkeinError {
  override readonly name = "WouldBlockError";
  readonly code = "ERR_WOULD_BLOCK";

  /** @param what would have to wait; `instead`: what to use. */
  constructor(what: string, instead: string) {
    super(`${what} would have to wait, and the reactor's thread must not: use ${instead}`);
  }
}
