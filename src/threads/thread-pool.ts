/** A pool of workers: a bounded number of them, and a bounded queue before them. */
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { inContext } from "../core/context.ts";
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { fail } from "../defer/maybe-deferred.ts";
import { withSignal } from "../defer/signals.ts";
import type { DelayedCall, Reactor } from "../reactor/capabilities.ts";
import { WorkerDiedError } from "../reactor/errors.ts";
import type { CallManner, RemoteFunction } from "../reactor/workers.ts";
import { allResults } from "./all-results.ts";
import { CallQueue } from "./call-queue.ts";
import { PoolStoppedError } from "./errors.ts";
import { type CallOptions, PoolCall } from "./pool-call.ts";
import { PoolMember } from "./pool-member.ts";
import { type PoolSettings, settingsOf, type ThreadPoolOptions } from "./pool-options.ts";
import type { WorkerFunction } from "./worker.ts";

export interface ThreadPoolStatistics {
  /** Workers there are. */
  readonly workers: number;
  /** Those of them that run a call. */
  readonly working: number;
  /** Calls that wait for a worker, in the queue or inside a worker behind another call. */
  readonly queued: number;
  /** Calls that have returned or thrown, so far. */
  readonly finished: number;
  /** Workers that have died, or were ended in the middle of a call. */
  readonly lost: number;
  /** Workers that were replaced after so many calls, or megabytes. */
  readonly recycled: number;
}

/** Of a call's options, all; and how the items are divided. */
export interface MapOptions extends CallOptions {
  chunk?: number;
}

/** Who has lost so many workers before it began will not begin. */
const BEREAVED_MAX = 3;

/**
 * Workers that share a queue of calls. Whoever makes a pool stops it; a reactor has one of its own,
 * which `deferToThread` uses, and which stops with it.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { ThreadPool, worker } from "skein/threads";
 *
 * const path = worker<typeof import("node:path/posix")>("node:path/posix");
 *
 * const reactor = createReactor("clock");
 * const pool = new ThreadPool(reactor, { max: 1, maxQueued: 1 });
 * for (const file of ["/etc/hosts", "/etc/motd", "/etc/fstab"]) {
 *   pool
 *     .call(path.basename, file)
 *     .addCallback((name) => console.log(name))
 *     .addErrback((failure) => console.log(failure.message));
 * }
 * await reactor.advance(0);
 * pool.stop();
 * // → QueueFullError: the pool is full: 1 calls wait
 * // → hosts
 * // → motd
 * ```
 */
export class ThreadPool {
  readonly #reactor: Reactor<"threads">;
  readonly #settings: PoolSettings;
  readonly #members = new Set<PoolMember>();
  /** Those with nothing to do; the last to come is the first to go. */
  readonly #idle: PoolMember[] = [];
  readonly #queue = new CallQueue();
  readonly #seconds: () => number;
  /** Calls that workers hold. */
  #held = 0;
  #finished = 0;
  #lost = 0;
  #recycled = 0;
  #closed = false;
  #idleCheck: DelayedCall | undefined = undefined;
  #drained: Deferred<void> | undefined = undefined;

  /** @throws BadOptionError */
  constructor(reactor: Reactor<"threads">, options: ThreadPoolOptions = {}) {
    this.#reactor = reactor;
    this.#settings = settingsOf(options);
    this.#seconds = () => reactor.seconds();
    this.#keepMin();
  }

  /**
   * Calls `f` in a worker; the Deferred gets a copy of what it returns, or the error it throws.
   *
   * Calls begin in the order they were made. Arguments are copied when a worker gets the call: do
   * not change them before it has ended. Instances of classes arrive as plain data.
   *
   * Cancelling a call that waits takes it out of the queue. One that runs is told by its signal if
   * its function has asked for one, and has `cancelGraceSeconds` to end; else, and then, its
   * worker is ended, which takes down no other call, and is replaced.
   *
   * Fails with CannotCrossError when an argument or the result cannot be copied, QueueFullError
   * when too many calls wait, WorkerDiedError when the worker ends in the middle of the call, and
   * PoolStoppedError when the pool does.
   */
  call<A extends unknown[], R>(f: WorkerFunction<A, R>, ...args: A): Deferred<Awaited<R>> {
    return this.#start(f, "call", args, {}) as Deferred<Awaited<R>>;
  }

  /** As {@link call}, with options: fails with TimeoutError, too, when its time is up. */
  callWith<A extends unknown[], R>(
    options: CallOptions,
    f: WorkerFunction<A, R>,
    ...args: A
  ): Deferred<Awaited<R>> {
    return this.#start(f, "call", args, options) as Deferred<Awaited<R>>;
  }

  /**
   * Calls `f` with each item; the Deferred gets the results, in the items' order. The items go to
   * workers in chunks, which is far faster for small ones, and each chunk is a call of the pool:
   * one that fails has the others cancelled, and its error is that of all.
   *
   * @param options `chunk`: how many items are in one; a sixteenth of each worker's share unless
   *   given. The others are those of each chunk's call.
   */
  map<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    options: MapOptions = {},
  ): Deferred<Awaited<R>[]> {
    const all = [...items];
    const { chunk = Math.max(1, Math.ceil(all.length / (this.#settings.max * 16))) } = options;
    if (!(Number.isInteger(chunk) && chunk > 0)) {
      return fail(new BadOptionError(`a chunk has 1 or more items, not ${chunk}`));
    }
    const { chunk: _, ...others } = options;
    const calls: Deferred<unknown>[] = [];
    for (let at = 0; at < all.length; at += chunk) {
      calls.push(this.#start(f, "each", [all.slice(at, at + chunk)], others));
    }
    return allResults(calls).addCallback((chunks) => chunks.flat() as Awaited<R>[]);
  }

  statistics(): ThreadPoolStatistics {
    const working = this.#members.size - this.#idle.length;
    return Object.freeze({
      workers: this.#members.size,
      working,
      queued: this.#waiting(),
      finished: this.#finished,
      lost: this.#lost,
      recycled: this.#recycled,
    });
  }

  /** Ends every worker; calls that have not finished fail with PoolStoppedError. */
  stop(): void {
    this.#closed = true;
    if (this.#idleCheck?.active === true) this.#idleCheck.cancel();
    const lost: PoolCall[] = [];
    const waiting: PoolCall[] = [];
    for (const member of this.#members) {
      const [first, ...others] = member.calls;
      if (first !== undefined) lost.push(first);
      waiting.push(...others);
      member.retired = true;
      member.handle.terminate();
    }
    lost.push(...waiting, ...this.#queue.clear());
    this.#members.clear();
    this.#idle.length = 0;
    this.#held = 0;
    for (const call of lost) if (call.settle()) call.deferred.errback(new PoolStoppedError());
    this.#checkDrained();
  }

  /**
   * Takes no more calls, and stops when those there are have ended, or after `seconds`: what has
   * not finished then fails with PoolStoppedError. Fires when it has stopped.
   */
  drain(seconds: number = Infinity): Deferred<void> {
    this.#closed = true;
    const drained = new Deferred<void>();
    const before = this.#drained;
    this.#drained = drained;
    const late =
      seconds === Infinity ? undefined : this.#reactor.callLater(seconds, () => this.stop());
    drained.addCallback(() => {
      if (late?.active === true) late.cancel();
      before?.callback();
    });
    const outcome = new Deferred<void>();
    drained.addCallback(() => outcome.callback());
    this.#checkDrained();
    return outcome;
  }

  // --- calls ---

  #start(
    target: RemoteFunction,
    manner: CallManner,
    args: readonly unknown[],
    options: CallOptions,
  ): Deferred<unknown> {
    if (this.#closed) return fail(new PoolStoppedError());
    const waiting = this.#waiting();
    if (waiting >= this.#settings.maxQueued && !this.#hasFreeWorker()) {
      return fail(new QueueFullError(`the pool is full: ${waiting} calls wait`));
    }
    const call = new PoolCall(target, manner, args, options);
    const { onProgress, signal } = options;
    if (onProgress !== undefined) call.told = inContext(onProgress);
    const deferred = new Deferred<unknown>(() => {
      if (call.settle()) this.#abandon(call);
    });
    call.deferred = deferred;
    const { timeout = this.#settings.timeout } = options;
    if (timeout < Infinity) {
      call.deadline = this.#reactor.callLater(timeout, () => {
        if (!call.settle()) return;
        this.#abandon(call);
        deferred.errback(new TimeoutError(`${target.name}() has not ended in ${timeout} seconds`));
      });
    }
    if (this.#queue.size > 0) this.#queue.push(call);
    else this.#place(call);
    return signal === undefined ? deferred : withSignal(deferred, signal);
  }

  /** Calls that wait, wherever. */
  #waiting(): number {
    return this.#queue.size + this.#held - (this.#members.size - this.#idle.length);
  }

  /** Whether there is an idle worker, or may be one more. */
  #hasFreeWorker(): boolean {
    return this.#idle.length > 0 || this.#members.size < this.#settings.max;
  }

  /** Gives the call to whoever can have it, or has it wait. */
  #place(call: PoolCall): void {
    let member = this.#idle.pop();
    if (member === undefined && this.#members.size < this.#settings.max) {
      try {
        member = this.#hire();
      } catch (error) {
        // There is no worker to be had.
        if (call.settle()) call.deferred.errback(error);
        return;
      }
    }
    member ??= this.#roomiest();
    if (member === undefined) this.#queue.push(call);
    else this.#give(member, call);
  }

  /** The member that holds the fewest calls, if it may hold more. */
  #roomiest(): PoolMember | undefined {
    let best: PoolMember | undefined;
    for (const member of this.#members) {
      if (!member.hasRoom(this.#settings.callsPerWorker)) continue;
      if (best === undefined || member.calls.size < best.calls.size) best = member;
    }
    return best;
  }

  #give(member: PoolMember, call: PoolCall): void {
    try {
      member.send(call, this.#seconds);
      this.#held++;
    } catch (error) {
      // The arguments cannot cross to it.
      if (member.idle) this.#idle.push(member);
      if (call.settle()) call.deferred.errback(error);
    }
  }

  /** Gives the queue's calls to members that may hold more. */
  #fill(member: PoolMember): void {
    while (this.#queue.size > 0 && member.hasRoom(this.#settings.callsPerWorker)) {
      this.#give(member, this.#queue.shift() as PoolCall);
    }
  }

  /** Gives the queue's calls to whoever is free. */
  #dispatch(): void {
    while (this.#queue.size > 0 && !this.#closedAndEmpty()) {
      if (!this.#hasFreeWorker() && this.#roomiest() === undefined) return;
      this.#place(this.#queue.shift() as PoolCall);
    }
  }

  #closedAndEmpty(): boolean {
    return this.#closed && this.#members.size === 0 && this.#drained === undefined;
  }

  // --- workers ---

  #hire(): PoolMember {
    const member = new PoolMember();
    const { substrate, heapMegabytesMax } = this.#settings;
    member.handle = this.#reactor.startWorker(
      {
        returned: (call, value) => this.#ended(member, call as PoolCall, value, undefined),
        threw: (call, error) => this.#ended(member, call as PoolCall, undefined, error),
        told: (call, message) => this.#told(call as PoolCall, message),
        died: (error) => this.#died(member, error),
      },
      { substrate, ...(heapMegabytesMax === undefined ? {} : { heapMegabytesMax }) },
    );
    this.#members.add(member);
    return member;
  }

  #told(call: PoolCall, message: unknown): void {
    if (call.settled) return;
    try {
      call.told?.((message as { progress: unknown }).progress);
    } catch (error) {
      if (!call.settle()) return;
      this.#abandon(call);
      call.deferred.errback(error);
    }
  }

  #ended(
    member: PoolMember,
    call: PoolCall,
    value: unknown,
    error: Error | undefined,
  ): void {
    const measured = member.finished(call, this.#seconds);
    call.member = undefined;
    this.#finished++;
    if (!member.retired) {
      this.#held--;
      this.#next(member, measured);
    }
    if (call.settle()) {
      if (error === undefined) call.deferred.callback(value);
      else call.deferred.errback(error);
    }
    if (this.#drained !== undefined) this.#checkDrained();
  }

  /** What a member does that has finished a call. */
  #next(member: PoolMember, measured: boolean): void {
    const { callsPerWorker, megabytesPerWorker } = this.#settings;
    if (member.handle.megabytes > megabytesPerWorker) this.#takeBack(member);
    else if (this.#queue.size > 0) {
      if (measured) this.#rescue(member);
      this.#fill(member);
    } else if (member.idle && member.given < callsPerWorker) this.#relieve(member);
    if (!member.idle) return;
    if (member.given >= callsPerWorker || member.handle.megabytes > megabytesPerWorker) {
      this.#recycled++;
      this.#retire(member);
    } else {
      this.#idle.push(member);
      this.#watchIdle(member);
    }
  }

  /** Calls that wait behind one that takes long go back to the queue. */
  #rescue(free: PoolMember): void {
    const now = this.#seconds();
    for (const member of this.#members) {
      if (member === free || !member.stuck(now)) continue;
      member.window = 1;
      this.#takeBack(member);
    }
  }

  /** Takes over half of the calls that wait inside another member. */
  #relieve(free: PoolMember): void {
    let fullest: PoolMember | undefined;
    for (const member of this.#members) {
      if (member.calls.size > (fullest?.calls.size ?? 1)) fullest = member;
    }
    if (fullest === undefined) return;
    const taken = fullest.takeBack(Math.ceil((fullest.calls.size - 1) / 2));
    this.#held -= taken.length;
    for (const call of taken) this.#give(free, call);
  }

  #takeBack(member: PoolMember): void {
    const taken = member.takeBack();
    this.#held -= taken.length;
    this.#queue.putBack(taken);
  }

  /** Nobody waits for the call any more. */
  #abandon(call: PoolCall): void {
    if (this.#queue.delete(call)) return;
    const { member } = call;
    if (member === undefined || member.retired) return;
    const { handle } = member;
    if (handle.revoke(call)) {
      member.calls.delete(call);
      call.member = undefined;
      this.#held--;
    } else if (handle.running(call)) {
      const heeds = handle.abort(call);
      const grace = this.#settings.cancelGraceSeconds;
      if (!heeds || grace === 0) this.#end(member);
      else {
        this.#reactor.callLater(grace, () => {
          if (call.member === member && !member.retired) this.#end(member);
        });
      }
    }
  }

  /** Ends a worker in the middle of a call. */
  #end(member: PoolMember): void {
    this.#lost++;
    this.#takeBack(member);
    this.#retire(member);
    this.#dispatch();
  }

  #retire(member: PoolMember): void {
    this.#dismiss(member);
    member.handle.terminate();
    this.#keepMin();
  }

  #dismiss(member: PoolMember): void {
    if (member.retired) return;
    member.retired = true;
    this.#held -= member.calls.size;
    this.#members.delete(member);
    const index = this.#idle.indexOf(member);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #died(member: PoolMember, error: Error): void {
    const ended = member.retired;
    if (!ended) this.#lost++;
    this.#dismiss(member);
    const failed: PoolCall[] = [];
    const again: PoolCall[] = [];
    for (const call of member.calls) {
      call.member = undefined;
      if (call.settled) continue;
      if (!member.handle.revoke(call)) failed.push(call);
      else if (++call.bereaved < BEREAVED_MAX) again.push(call);
      else failed.push(call);
    }
    member.calls.clear();
    this.#queue.putBack(again);
    this.#dispatch();
    // One that was never of use would be followed by another.
    if (!ended && member.given > 0 && !this.#closed) this.#keepMin();
    for (const call of failed) {
      if (!call.settle()) continue;
      call.deferred.errback(
        call.bereaved < BEREAVED_MAX
          ? error
          : new WorkerDiedError(`${BEREAVED_MAX} workers died before the call began`, {
              cause: error,
            }),
      );
    }
    this.#checkDrained();
  }

  // --- how many there are ---

  #keepMin(): void {
    if (this.#closed) return;
    while (this.#members.size < this.#settings.min) {
      const member = this.#hire();
      this.#idle.push(member);
    }
  }

  #watchIdle(member: PoolMember): void {
    const { min, idleSeconds } = this.#settings;
    if (idleSeconds === Infinity || this.#members.size <= min) return;
    member.idleSince = this.#seconds();
    if (this.#idleCheck?.active === true) return;
    this.#idleCheck = this.#reactor.callLater(idleSeconds, () => this.#shrink());
  }

  /** Ends workers that have been idle for long. */
  #shrink(): void {
    const { min, idleSeconds } = this.#settings;
    const before = this.#seconds() - idleSeconds;
    for (const member of [...this.#idle]) {
      if (this.#members.size <= min) return;
      if (member.idleSince <= before + 1e-9) this.#retire(member);
    }
    const oldest = Math.min(...this.#idle.map(({ idleSince }) => idleSince));
    if (oldest === Infinity || this.#members.size <= min) return;
    const wait = Math.max(0, oldest + idleSeconds - this.#seconds());
    this.#idleCheck = this.#reactor.callLater(wait, () => this.#shrink());
  }

  #checkDrained(): void {
    const drained = this.#drained;
    if (drained === undefined || this.#held > 0 || this.#queue.size > 0) return;
    this.#drained = undefined;
    if (this.#members.size > 0) this.stop();
    drained.callback();
  }
}


