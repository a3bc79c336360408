import { SkeinError } from "../core/errors.ts";

/** A process can be started once. */
export class ProcessStartedError extends SkeinError {
  override readonly name = "ProcessStartedError";
  readonly code = "ERR_PROCESS_STARTED";

  constructor(name: string) {
    super(`the process "${name}" has been started before; make another one`);
  }
}

/** join() of a pool that takes calls: close() or terminate() comes first. */
export class PoolOpenError extends SkeinError {
  override readonly name = "PoolOpenError";
  readonly code = "ERR_POOL_OPEN";

  constructor() {
    super("the pool takes calls: close() or terminate() it before join()");
  }
}
