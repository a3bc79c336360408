import { SkeinError } from "../core/errors.ts";

/** The body of a request has more bytes than the site's `maxBodyBytes`; the client was told 413. */
export class BodyTooLargeError extends SkeinError {
  override readonly name = "BodyTooLargeError";
  readonly code = "ERR_BODY_TOO_LARGE";

  constructor(maxBodyBytes: number) {
    super(`the body of the request has more than ${maxBodyBytes} bytes`);
  }
}
