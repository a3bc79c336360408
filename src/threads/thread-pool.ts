/** A pool of workers: a bounded number of them, and a bounded queue before them. */
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { fail } from "../defer/fired.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { RemoteFunction, WorkerHandle } from "../reactor/workers.ts";
import { PoolStoppedError } from "./errors.ts";
import type { WorkerFunction } from "./worker.ts";

export interface ThreadPoolOptions {
  /** The most workers at a time; they are started as they are needed. 4 unless given. */
  max?: number;
  /** How many calls may wait for a worker; 10,000 unless given. With 0 none may. */
  maxQueued?: number;
}

export interface ThreadPoolStatistics {
  /** Workers there are. */
  readonly workers: number;
  /** Those of them that run a call. */
  readonly working: number;
  /** Calls that wait for a worker. */
  readonly queued: number;
}

interface Job {
  readonly target: RemoteFunction;
  readonly args: readonly unknown[];
  readonly deferred: Deferred<unknown>;
  /** Where it runs, once it does. */
  member: Member | undefined;
}

/** A worker of the pool. */
interface Member {
  readonly handle: WorkerHandle;
  job: Job | undefined;
}

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
  readonly #max: number;
  readonly #maxQueued: number;
  readonly #members = new Set<Member>();
  readonly #idle: Member[] = [];
  /** A Set, so that a cancelled job leaves it in constant time. */
  readonly #queue = new Set<Job>();
  #stopped = false;

  constructor(reactor: Reactor<"threads">, options: ThreadPoolOptions = {}) {
    const { max = 4, maxQueued = 10_000 } = options;
    if (!(Number.isInteger(max) && max > 0)) {
      throw new BadOptionError(`a pool needs 1 or more workers, not ${max}`);
    }
    if (!(Number.isInteger(maxQueued) && maxQueued >= 0)) {
      throw new BadOptionError(`0 or more calls can wait for a worker, not ${maxQueued}`);
    }
    this.#reactor = reactor;
    this.#max = max;
    this.#maxQueued = maxQueued;
  }

  /**
   * Calls `f` in a worker; the Deferred gets a copy of what it returns, or the error it throws.
   *
   * Calls begin in the order they were made. Arguments are copied when the call begins: do not
   * change them before. Instances of classes arrive as plain data.
   *
   * Cancelling a call that waits takes it out of the queue; cancelling one that runs ends its
   * worker, which takes down no other call, and is replaced.
   *
   * Fails with CannotCrossError when an argument or the result cannot be copied, QueueFullError
   * when too many calls wait, WorkerDiedError when the worker ends in the middle of the call, and
   * PoolStoppedError when the pool does.
   */
  call<A extends unknown[], R>(f: WorkerFunction<A, R>, ...args: A): Deferred<Awaited<R>> {
    if (this.#stopped) return fail(new PoolStoppedError());
    if (this.#queue.size >= this.#maxQueued && !this.#hasFreeWorker()) {
      return fail(new QueueFullError(`the pool is full: ${this.#queue.size} calls wait`));
    }
    const deferred = new Deferred<Awaited<R>>(() => this.#cancel(job));
    const job: Job = { target: f, args, deferred, member: undefined };
    this.#queue.add(job);
    this.#dispatch();
    return deferred;
  }

  statistics(): ThreadPoolStatistics {
    const workers = this.#members.size;
    return { workers, working: workers - this.#idle.length, queued: this.#queue.size };
  }

  /** Ends every worker; calls that have not finished fail with PoolStoppedError. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const lost: Job[] = [];
    for (const { handle, job } of this.#members) {
      handle.terminate();
      if (job !== undefined) lost.push(job);
    }
    for (const job of this.#queue) lost.push(job);
    this.#queue.clear();
    this.#members.clear();
    this.#idle.length = 0;
    for (const job of lost) job.deferred.errback(new PoolStoppedError());
  }

  /** Whether there is an idle worker, or may be one more. */
  #hasFreeWorker(): boolean {
    return this.#idle.length > 0 || this.#members.size < this.#max;
  }

  #dispatch(): void {
    for (const job of this.#queue) {
      if (!this.#hasFreeWorker()) return;
      this.#queue.delete(job);
      let member: Member | undefined;
      try {
        member = this.#idle.pop() ?? this.#hire();
        member.handle.call(job.target, job.args);
        member.job = job;
        job.member = member;
      } catch (error) {
        // There is no worker to be had, or the arguments cannot cross to it.
        if (member !== undefined) this.#idle.push(member);
        job.deferred.errback(error);
      }
    }
  }

  #hire(): Member {
    const member: Member = {
      job: undefined,
      handle: this.#reactor.startWorker({
        returned: (value) => this.#finished(member).callback(value),
        threw: (error) => this.#finished(member).errback(error),
        died: (error) => {
          const { job } = member;
          this.#dismiss(member);
          job?.deferred.errback(error);
        },
      }),
    };
    this.#members.add(member);
    return member;
  }

  /** Gives the worker its next call, and returns the Deferred of the one that it finished. */
  #finished(member: Member): Deferred<unknown> {
    const job = member.job as Job;
    member.job = undefined;
    this.#idle.push(member);
    this.#dispatch();
    return job.deferred;
  }

  #cancel(job: Job): void {
    if (job.member === undefined) {
      this.#queue.delete(job);
      return;
    }
    job.member.handle.terminate();
    this.#dismiss(job.member);
  }

  #dismiss(member: Member): void {
    this.#members.delete(member);
    const index = this.#idle.indexOf(member);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#dispatch();
  }
}
