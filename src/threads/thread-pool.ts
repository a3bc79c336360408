/** A pool of workers: a bounded number of them, and a bounded queue before them. */
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { inContext } from "../core/context.ts";
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { fail } from "../defer/fired.ts";
import { withSignal } from "../defer/signals.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { addGauges } from "../reactor/gauges.ts";
import type { CallManner, RemoteFunction } from "../reactor/workers.ts";
import { joinChunks, packNumbers } from "../core/chunks.ts";
import { allResults } from "./all-results.ts";
import { Dispatcher, type ThreadPoolStatistics } from "./dispatcher.ts";
import { PoolStoppedError } from "./errors.ts";
import { type CallOptions, PoolCall } from "./pool-call.ts";
import { type PoolSettings, settingsOf, type ThreadPoolOptions } from "./pool-options.ts";
import type { WorkerFunction } from "./worker.ts";

/** Of a call's options, all; and how the items are divided. */
export interface MapOptions extends CallOptions {
  chunk?: number;
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
  readonly #settings: PoolSettings;
  readonly #dispatcher: Dispatcher;
  readonly #removeGauges: () => void;
  #closed = false;
  #drained: Deferred<void> | undefined = undefined;

  /** @throws BadOptionError */
  constructor(reactor: Reactor<"threads">, options: ThreadPoolOptions = {}) {
    this.#reactor = reactor;
    this.#settings = settingsOf(options);
    this.#dispatcher = new Dispatcher(reactor, this.#settings, () => this.#checkDrained());
    this.#removeGauges = addGauges(reactor, "pool", () => ({ ...this.statistics() }));
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
      calls.push(this.#start(f, "each", [packNumbers(all.slice(at, at + chunk))], others));
    }
    return allResults(calls).addCallback((chunks) => joinChunks(chunks) as Awaited<R>[]);
  }

  statistics(): ThreadPoolStatistics {
    return this.#dispatcher.statistics();
  }

  /** Ends every worker; calls that have not finished fail with PoolStoppedError. */
  stop(): void {
    this.#closed = true;
    this.#removeGauges();
    for (const call of this.#dispatcher.stop()) {
      if (call.settle()) call.deferred.errback(new PoolStoppedError());
    }
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
    const dispatcher = this.#dispatcher;
    const { waiting } = dispatcher;
    if (waiting >= this.#settings.maxQueued && !dispatcher.hasFreeWorker) {
      return fail(new QueueFullError(`the pool is full: ${waiting} calls wait`));
    }
    const call = new PoolCall(target, manner, args, options);
    const { onProgress, signal } = options;
    if (onProgress !== undefined) call.told = inContext(onProgress);
    const deferred = new Deferred<unknown>(() => {
      if (call.settle()) dispatcher.abandon(call);
    });
    call.deferred = deferred;
    const { timeout = this.#settings.timeout } = options;
    if (timeout < Infinity) {
      call.deadline = this.#reactor.callLater(timeout, () => {
        if (!call.settle()) return;
        dispatcher.abandon(call);
        deferred.errback(new TimeoutError(`${target.name}() has not ended in ${timeout} seconds`));
      });
    }
    dispatcher.submit(call);
    return signal === undefined ? deferred : withSignal(deferred, signal);
  }

  #checkDrained(): void {
    const drained = this.#drained;
    if (drained === undefined || !this.#dispatcher.empty) return;
    this.#drained = undefined;
    this.stop();
    drained.callback();
  }
}
