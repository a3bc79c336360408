import { constants } from "node:os";
import { WorkerDiedError } from "../../errors.ts";

/** What functions have left running has so long to end, in a worker that is not needed any more. */
export const ENDING_MS = 5000;

/** Why one is killed that has not ended then. */
export function overdue(): WorkerDiedError {
  return new WorkerDiedError(
    "a worker was to end what its functions have left running, " +
      `and has not in ${ENDING_MS / 1000} seconds`,
    { exitCode: -constants.signals.SIGKILL },
  );
}
