import type { EventEmitter } from "node:events";
import { constants } from "node:os";
import { WorkerDiedError } from "../../errors.ts";

/** What functions have left running has so long to end, in a worker that is not needed any more. */
const ENDING_MS = 5000;

/** Calls `kill`, and says why, unless the worker has ended by itself in time. */
export function whenOverdue(
  worker: EventEmitter | undefined,
  kill: (why: WorkerDiedError) => void,
): void {
  const late = setTimeout(() => {
    kill(
      new WorkerDiedError(
        "a worker was to end what its functions have left running, " +
          `and has not in ${ENDING_MS / 1000} seconds`,
        { exitCode: -constants.signals.SIGKILL },
      ),
    );
  }, ENDING_MS);
  late.unref();
  worker?.on("exit", () => clearTimeout(late));
}
