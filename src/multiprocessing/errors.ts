import { SkeinError } from "../core/errors.ts";

/** A process can be started once. */
export class ProcessStartedError extends SkeinError {
  override readonly name = "ProcessStartedError";
  readonly code = "ERR_PROCESS_STARTED";

  constructor(name: string) {
    super(`the process "${name}" has been started before; make another one`);
  }
}
