import { SkeinError } from "../core/errors.ts";
import type { Failure } from "../defer/failure.ts";

/** Services cannot be put together like this: a cycle, two parents, a name taken or unknown. */
export class ServiceTreeError extends SkeinError {
  override readonly name = "ServiceTreeError";
  readonly code = "ERR_SERVICE_TREE";
}

/** Of a service that did not stop well: which one, and why. */
export interface StopFailure {
  /** Its names from the root on: "web/pool". */
  readonly path: string;
  readonly failure: Failure;
}

/** Of the services in a MultiService some did not stop well; all others have stopped. */
export class ServiceStopError extends SkeinError {
  override readonly name = "ServiceStopError";
  readonly code = "ERR_SERVICE_STOP";
  /** In the order in which they were to stop. */
  readonly failures: readonly StopFailure[];

  constructor(failures: readonly StopFailure[]) {
    const each = failures.map(({ path, failure }) => `"${path}" (${failure.message})`);
    super(`not all services stopped well: ${each.join("; ")}`);
    this.failures = failures;
  }
}
