import { SkeinError } from "../core/errors.ts";

/** There are no files here: this is a browser, say. */
export class NoFilesystemError extends SkeinError {
  override readonly name = "NoFilesystemError";
  readonly code = "ERR_NO_FILESYSTEM";

  constructor() {
    super("a lock in the file system needs Node, or its like");
  }
}

/** deferUntilLocked() on a lock that is waited for already. */
export class AlreadyTryingToLockError extends SkeinError {
  override readonly name = "AlreadyTryingToLockError";
  readonly code = "ERR_ALREADY_TRYING_TO_LOCK";
}
