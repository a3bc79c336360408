import { SkeinError } from "../core/errors.ts";

/** The peer sent a line longer than the protocol takes. */
export class LineTooLongError extends SkeinError {
  override readonly name = "LineTooLongError";
  readonly code = "ERR_LINE_TOO_LONG";

  constructor(maxBytes: number) {
    super(`the peer sent a line of over ${maxBytes} bytes`);
  }
}
