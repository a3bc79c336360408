/** What a pool asks of a worker, whatever the worker is made of. */
import type { Reply } from "../core/call-line.ts";
import type { Substrate } from "../core/crossing-object.ts";
import { isInline } from "../core/inline-source.ts";
import type { Loop } from "./backend.ts";
import { revivingResults } from "./reviving.ts";

/** A function that a module exports, to be called in a worker. */
export interface RemoteFunction {
  /** Absolute URL of the module. */
  readonly module: string;
  /** The name of the export. */
  readonly name: string;
}

/**
 * What is done with the function: it is called with the arguments; or with each item of the first
 * argument, an array, for an array of results, where "spread" has each item be a list of arguments;
 * or as the extras say that are behind the arguments.
 */
export type CallManner = "call" | "each" | "spread" | "extra";

/** A call, as it is given to a worker; its events come with the same object. */
export interface WorkerCall {
  readonly target: RemoteFunction;
  readonly manner: CallManner;
  readonly args: readonly unknown[];
  /** What of the arguments is moved to the worker, and is gone here. */
  readonly transfer: readonly object[] | undefined;
  /** Where the worker that holds it keeps it: the worker's own business. */
  slot: number;
}

/** A worker. It runs one call at a time, in the order in which they were sent. */
export interface WorkerHandle {
  /** How many more calls it can hold: one that runs, and those that wait inside it. */
  readonly room: number;
  /** Whether all its calls have ended, though it may not have been told of yet. */
  readonly atRest: boolean;
  /** The memory that it holds, as far as it has said so. */
  readonly megabytes: number;
  /**
   * Sends a call; its outcome comes by {@link WorkerEvents}, in a later turn. There must be room.
   *
   * @throws CannotCrossError when an argument cannot be copied to a worker; nothing was sent.
   */
  send(call: WorkerCall): void;
  /** Takes a call back; false if it has begun, or may have. */
  revoke(call: WorkerCall): boolean;
  /** Whether a call has begun, or may have, and has not ended. */
  running(call: WorkerCall): boolean;
  /** Has a call's signal abort. False if its function has not asked for one, so far. */
  abort(call: WorkerCall): boolean;
  /** Sends something to the function that runs; nothing if it does not. @throws DataCloneError */
  tell(call: WorkerCall, message: unknown): void;
  /** The system's number of its process; undefined for one that is no process. */
  readonly pid: number | undefined;
  /**
   * Ends a worker that runs no call: what its functions have left running, if it has told of such,
   * has a few seconds to end by itself. True then: `died` comes when that is over.
   */
  retire(): boolean;
  /**
   * Ends the worker, in the middle of a call if need be. Calls that had ended before are still
   * told of; then `died` comes, if anybody waits for a call. A process takes those with it that it
   * has started.
   *
   * @param gently a process gets the signal TERM, which it may heed in its own way, not KILL.
   */
  terminate(gently?: boolean): void;
}

export interface WorkerEvents {
  /** The call returned; the value was copied from the worker. */
  returned(call: WorkerCall, value: unknown): void;
  /** The call threw, or its result cannot be copied. */
  threw(call: WorkerCall, error: Error): void;
  /** The call sends something while it runs. */
  told(call: WorkerCall, message: unknown): void;
  /**
   * The call sends something, and waits for the answer.
   *
   * @param atOnce the answer comes before this returns, or not at all.
   */
  asked(call: WorkerCall, question: unknown, reply: Reply, atOnce: boolean): void;
  /** There is room again, though no call has ended: some that were revoked are out of the way. */
  roomy(): void;
  /**
   * The worker is gone. Ask {@link WorkerHandle.revoke} which of its calls had not begun.
   *
   * @param error CannotStartWorkerError for one that has never been there.
   */
  died(error: Error): void;
}

export type { Substrate };

export interface WorkerOptions {
  /** "threads" unless given. */
  readonly substrate?: Substrate;
  /** A worker with a larger heap dies of it; as large as the platform has it unless given. */
  readonly heapMegabytesMax?: number;
}

/** For backends: a worker that is entered into the reactor's `inspect()`. */
export function openWorker(
  loop: Loop,
  events: WorkerEvents,
  make: (events: WorkerEvents) => WorkerHandle & { current(): WorkerCall | undefined },
): WorkerHandle {
  const closed = loop.opened("worker", () => {
    const call = worker.current();
    if (call === undefined) return "idle";
    const { name, module } = call.target;
    return `in ${name}()${isInline(module) ? "" : ` of ${module}`}`;
  });
  const worker = make(
    revivingResults({
      returned: (call, value) => events.returned(call, value),
      threw: (call, error) => events.threw(call, error),
      told: (call, message) => events.told(call, message),
      asked: (call, question, reply, atOnce) => events.asked(call, question, reply, atOnce),
      roomy: () => events.roomy(),
      died(error) {
        closed();
        events.died(error);
      },
    }),
  );
  return {
    get room() {
      return worker.room;
    },
    get atRest() {
      return worker.atRest;
    },
    get megabytes() {
      return worker.megabytes;
    },
    get pid() {
      return worker.pid;
    },
    send: (call) => worker.send(call),
    revoke: (call) => worker.revoke(call),
    running: (call) => worker.running(call),
    abort: (call) => worker.abort(call),
    tell: (call, message) => worker.tell(call, message),
    retire() {
      closed();
      return worker.retire();
    },
    terminate(gently) {
      if (gently !== true) closed();
      worker.terminate(gently);
    },
  };
}
