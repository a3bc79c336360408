/** What a pool asks of a worker, whatever the worker is made of. */
import type { Loop } from "./backend.ts";

/** A function that a module exports, to be called in a worker. */
export interface RemoteFunction {
  /** Absolute URL of the module. */
  readonly module: string;
  /** The name of the export. */
  readonly name: string;
}

/** A worker, which runs one call at a time. */
export interface WorkerHandle {
  /**
   * Starts a call; its outcome comes by {@link WorkerEvents}, in a later turn.
   *
   * @throws CannotCrossError when an argument cannot be copied to a worker; nothing was started.
   */
  call(target: RemoteFunction, args: readonly unknown[]): void;
  /** Ends the worker, in the middle of a call if need be. No event follows. */
  terminate(): void;
}

export interface WorkerEvents {
  /** The call returned; the value was copied from the worker. */
  returned(value: unknown): void;
  /** The call threw, or its result cannot be copied. */
  threw(error: Error): void;
  /** The worker is gone without having been terminated; its call, if any, is lost. */
  died(error: Error): void;
}

/** For backends: a worker, made by `make`, that is entered into the reactor's `inspect()`. */
export function openWorker(
  loop: Loop,
  events: WorkerEvents,
  make: (events: WorkerEvents) => WorkerHandle,
): WorkerHandle {
  let calling: RemoteFunction | undefined;
  const closed = loop.opened("worker", () =>
    calling === undefined ? "idle" : `in ${calling.name}() of ${calling.module}`,
  );
  const worker = make({
    returned(value) {
      calling = undefined;
      events.returned(value);
    },
    threw(error) {
      calling = undefined;
      events.threw(error);
    },
    died(error) {
      closed();
      events.died(error);
    },
  });
  return {
    call(target, args) {
      worker.call(target, args);
      calling = target;
    },
    terminate() {
      closed();
      worker.terminate();
    },
  };
}
