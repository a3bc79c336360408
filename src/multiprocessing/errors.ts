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

/** The other end of the pipe, or this one, is closed. */
export class PipeClosedError extends SkeinError {
  override readonly name = "PipeClosedError";
  readonly code = "ERR_PIPE_CLOSED";

  constructor() {
    super("the other end of the pipe is closed");
  }
}

/** The manager of the object was shut down. */
export class ManagerShutDownError extends SkeinError {
  override readonly name = "ManagerShutDownError";
  readonly code = "ERR_MANAGER_SHUT_DOWN";

  constructor() {
    super("the manager that has the object was shut down");
  }
}
