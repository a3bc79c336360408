/** What runs in a worker thread: takes calls, one after another, and answers them. */
import { parentPort } from "node:worker_threads";
import { cannotCross, packError } from "../../../core/crossing.ts";
import { callExport } from "../../remote-call.ts";
import type { WorkerReply, WorkerRequest } from "./thread-worker.ts";

parentPort?.on("message", ({ target, args }: WorkerRequest) => {
  void callExport(target, args).then(
    (value) => {
      try {
        reply({ value });
      } catch (error) {
        const cause = cannotCross(`the result of ${target.name}()`, value, error);
        reply({ error: packError(cause) });
      }
    },
    (error: unknown) => reply({ error: packError(error) }),
  );
});

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message);
}
