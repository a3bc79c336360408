import { isOnLine } from "../core/call-line.ts";
import type { Canceller } from "../defer/canceller.ts";
import { Deferred } from "../defer/deferred.ts";
import type { DelayedCall } from "../reactor/capabilities.ts";
import type { CallManner, RemoteFunction, WorkerCall } from "../reactor/workers.ts";
import type { Lane } from "./call-queue.ts";
import type { CallerLines } from "./caller-lines.ts";
import type { PoolMember } from "./pool-member.ts";

/** How one call differs from others. */
export interface CallOptions {
  /** Seconds from now in which it has to end; as the pool has it unless given. */
  timeout?: number;
  /** Calls of a higher one begin first; 0 unless given. */
  priority?: number;
  /** Buffers, ports and the like among the arguments: they are moved, and are gone here. */
  transfer?: readonly object[];
  /** Gets what the function reports while it runs. If it throws, that is the call's error. */
  onProgress?: (value: unknown) => void;
  /** Cancels the call. */
  signal?: AbortSignal;
}

const nothing = (): void => {};

const NONE: readonly unknown[] = [];

/**
 * A call of a pool, from when it is made until it has ended; and what its caller has of it, as a
 * Deferred beside it, with a canceller that knows the call, would be twice as much to keep.
 */
export class PoolCall extends Deferred<unknown> implements WorkerCall {
  readonly target: RemoteFunction;
  readonly manner: CallManner;
  args: readonly unknown[];
  readonly transfer: readonly object[] | undefined;
  readonly priority: number;
  slot = -1;
  /** Where it waits, while it does. */
  lane: Lane | undefined = undefined;
  /** Where it runs, or waits to run next. */
  member: PoolMember | undefined = undefined;
  /** Whether its caller has been told of its end. */
  settled = false;
  /** How many workers have died before it began. */
  bereaved = 0;
  /** When its time is up; when it was cancelled, that which it has to end. */
  deadline: DelayedCall | undefined = undefined;
  /** Gets what it reports while it runs. */
  told: ((value: unknown) => void) | undefined = undefined;
  /** What connects its arguments with the worker, if some have that. */
  lines: CallerLines | undefined = undefined;
  /** Called when no worker has to do with it any more; maybe more than once. */
  onLeft: () => void = nothing;

  constructor(
    canceller: Canceller<unknown>,
    target: RemoteFunction,
    manner: CallManner,
    args: readonly unknown[],
    options: CallOptions,
  ) {
    super(canceller);
    this.target = target;
    this.manner = manner;
    this.args = args;
    this.transfer = options.transfer;
    this.priority = options.priority ?? 0;
  }

  /** Gets what it sends. */
  hear(message: unknown): void {
    // Who waits in the worker for an answer gets one, whoever waits for the call or not.
    if (isOnLine(message)) this.lines?.told(message);
    else if (!this.settled) this.told?.((message as { progress: unknown }).progress);
  }

  /** Its caller is about to be told, or has cancelled it: false if that has been done before. */
  settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.args = NONE;
    this.#cancelDeadline();
    this.lines?.end();
    return true;
  }

  /** No worker has to do with it any more. */
  leave(): void {
    if (this.settled) this.#cancelDeadline();
    this.onLeft();
  }

  /** No worker will have to do with it, and its caller is told why, if nothing else before. */
  giveUp(error: unknown): void {
    this.leave();
    if (this.settle()) this.errback(error);
  }

  #cancelDeadline(): void {
    if (this.deadline?.active === true) this.deadline.cancel();
    this.deadline = undefined;
  }
}
