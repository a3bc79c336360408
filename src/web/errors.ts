import { SkeinError } from "../core/errors.ts";

/** The body of a request has more bytes than the site's `maxBodyBytes`; the client was told 413. */
export class BodyTooLargeError extends SkeinError {
  override readonly name = "BodyTooLargeError";
  readonly code = "ERR_BODY_TOO_LARGE";

  constructor(maxBodyBytes: number) {
    super(`the body of the request has more than ${maxBodyBytes} bytes`);
  }
}

/** A file has become shorter while it was sent: the connection is cut off, as it is not whole. */
export class FileChangedError extends SkeinError {
  override readonly name = "FileChangedError";
  readonly code = "ERR_FILE_CHANGED";

  constructor(path: string) {
    super(`${path} has become shorter while it was sent`);
  }
}
