/** A worker that is a thread of this process. */
import { Worker } from "node:worker_threads";
import { argumentsCannotCross, type PackedError, unpackError } from "../../../core/crossing.ts";
import { messageOf } from "../../../core/errors.ts";
import { WorkerDiedError } from "../../errors.ts";
import type { RemoteFunction, WorkerEvents, WorkerHandle } from "../../workers.ts";

/** What goes to the worker. */
export interface WorkerRequest {
  readonly target: RemoteFunction;
  readonly args: readonly unknown[];
}

/** What comes back. */
export type WorkerReply = { readonly value: unknown } | { readonly error: PackedError };

export class ThreadWorker implements WorkerHandle {
  readonly #worker: Worker;
  #ended = false;

  constructor(events: WorkerEvents) {
    const main = import.meta.url.endsWith(".ts") ? "worker-from-source.js" : "worker-main.js";
    this.#worker = new Worker(new URL(`./${main}`, import.meta.url));
    // The reactor keeps the process alive while it runs; idle workers must not do so after.
    this.#worker.unref();
    this.#worker.on("message", (reply: WorkerReply) => {
      if (this.#ended) return;
      if ("error" in reply) events.threw(unpackError(reply.error));
      else events.returned(reply.value);
    });
    const died = (message: string, cause?: unknown): void => {
      if (this.#ended) return;
      this.#ended = true;
      events.died(new WorkerDiedError(message, { cause }));
    };
    this.#worker.on("error", (error: unknown) => died(`a worker died: ${messageOf(error)}`, error));
    this.#worker.on("exit", (status) => died(`a worker exited with status ${status}`));
  }

  call(target: RemoteFunction, args: readonly unknown[]): void {
    const request: WorkerRequest = { target, args };
    try {
      this.#worker.postMessage(request);
    } catch (error) {
      throw argumentsCannotCross(target.name, args, error);
    }
  }

  terminate(): void {
    this.#ended = true;
    void this.#worker.terminate();
  }
}
