import { SkeinError } from "../core/errors.ts";

/** The pool was stopped, with this call not finished or not begun. */
export class PoolStoppedError extends SkeinError {
  override readonly name = "PoolStoppedError";
  readonly code = "ERR_POOL_STOPPED";

  constructor() {
    super("the pool of workers was stopped before the call had finished");
  }
}
