/** A pool of workers: a bounded number of them, and a bounded queue before them. */
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { inContext } from "../core/context.ts";
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import { withSignal } from "../defer/signals.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { addGauges } from "../reactor/gauges.ts";
import type { CallManner, RemoteFunction } from "../reactor/workers.ts";
import { joinChunks, packNumbers } from "../core/chunks.ts";
import { Dispatcher } from "./dispatcher.ts";
import { PoolStoppedError } from "./errors.ts";
import { makeCall, makeInitializer, type Maker } from "./make-call.ts";
import { type CallChunk, mapChunks } from "./map-chunks.ts";
import type { ItemsTaken } from "./pack-call.ts";
import type { CallOptions, PoolCall } from "./pool-call.ts";
import { type PoolSettings, settingsOf, type ThreadPoolOptions } from "./pool-options.ts";
import { PoolStream, type StreamedCall, type StreamOptions } from "./pool-stream.ts";
import { MULTIPLE, type Step } from "./run-multiple.ts";
import type { ThreadPoolStatistics } from "./statistics.ts";
import type { WorkerFunction } from "./worker.ts";

const PLAIN: CallOptions = {};

/** So many chunks there are for each worker, and so many are under way. */
const CHUNKS_PER_WORKER = 16;

/** Of a call's options, all; and how the items are divided. */
export interface MapOptions extends CallOptions {
  chunk?: number;
}

/** Told how a call has ended. */
export type OnResult<R> = (
  ...outcome: [success: true, result: Awaited<R>] | [success: false, failure: Failure]
) => void;

/** Handles on functions with their arguments; `L` has the types of these. */
export type MultipleCalls<L extends readonly unknown[][]> = {
  readonly [K in keyof L]: readonly [f: WorkerFunction<L[K], unknown>, ...args: L[K]];
};

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
  readonly #maker: Maker;
  readonly #dispatcher: Dispatcher;
  readonly #removeGauges: () => void;
  /** Whether it takes no more calls; and whether it has ended those there were. */
  #closed = false;
  #stopped = false;
  #drained: Deferred<void> | undefined = undefined;

  /** @throws BadOptionError */
  constructor(reactor: Reactor<"threads">, options: ThreadPoolOptions = {}) {
    this.#reactor = reactor;
    this.#settings = settingsOf(options);
    const { substrate, initializer } = this.#settings;
    this.#maker = {
      reactor,
      substrate,
      canceller: this.#cancel,
      initializer: initializer && makeInitializer(initializer, substrate),
    };
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
    return this.#start(f, "call", args, PLAIN) as Deferred<Awaited<R>>;
  }

  /** As {@link call}, with options: fails with TimeoutError, too, when its time is up. */
  callWith<A extends unknown[], R>(
    options: CallOptions,
    f: WorkerFunction<A, R>,
    ...args: A
  ): Deferred<Awaited<R>> {
    return this.#start(f, "call", args, options) as Deferred<Awaited<R>>;
  }

  /** As {@link call}, for what nobody waits for: its error is reported as one of nobody. */
  callInThread<A extends unknown[]>(f: WorkerFunction<A, unknown>, ...args: A): void {
    void this.#start(f, "call", args, {});
  }

  /**
   * The same, with `onResult` told how it has ended, in the reactor's thread: `true` and the
   * result, or `false` and the Failure. What that throws is reported.
   */
  callInThreadWithCallback<A extends unknown[], R>(
    onResult: OnResult<R>,
    f: WorkerFunction<A, R>,
    ...args: A
  ): void {
    this.call(f, ...args).addCallbacks(
      (result) => onResult(true, result),
      (failure) => onResult(false, failure),
    );
  }

  /**
   * Calls functions one after another in one worker, each when the one before has ended; the first
   * that throws is the last, and the Deferred fails with its error.
   */
  callMultiple<L extends readonly unknown[][]>(
    calls: readonly [...MultipleCalls<L>],
  ): Deferred<void> {
    return this.#start(MULTIPLE, "call", calls.map(stepOf), {}) as Deferred<void>;
  }

  /**
   * Calls `f` with each item; the Deferred gets the results, in the items' order. The items go to
   * workers in chunks, which is far faster for small ones, and each chunk is a call of the pool,
   * made when there is room for it: at the most sixteen for each worker are under way. One that
   * fails has the others cancelled, and its error is that of all; so does cancelling. With
   * QueueFullError it fails only if there is no room when it begins.
   *
   * @param options `chunk`: how many items are in one; a sixteenth of each worker's share unless
   *   given. The others are those of each chunk's call.
   */
  map<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    options: MapOptions = {},
  ): Deferred<Awaited<R>[]> {
    return this.#map(f, "each", items, options) as Deferred<Awaited<R>[]>;
  }

  /** As {@link map}, for a function of several arguments: each item is a list of them. */
  starmap<A extends unknown[], R>(
    f: WorkerFunction<A, R>,
    items: Iterable<A>,
    options: MapOptions = {},
  ): Deferred<Awaited<R>[]> {
    return this.#map(f, "spread", items, options) as Deferred<Awaited<R>[]>;
  }

  /**
   * Calls a generator in a worker; what it gives comes as an asynchronous iterable. The call is
   * made when the first item is asked for.
   *
   * ```ts no-run
   * import { type ThreadPool, worker } from "skein/threads";
   *
   * // tasks.ts: export function* rows(file: string): Generator<string> { … }
   * interface Tasks {
   *   rows(file: string): Generator<string>;
   * }
   * const tasks = worker<Tasks>(new URL("./tasks.ts", import.meta.url));
   *
   * export async function show(pool: ThreadPool): Promise<void> {
   *   for await (const row of pool.stream(tasks.rows, "big.csv")) console.log(row);
   * }
   * ```
   */
  stream<A extends unknown[], T>(
    f: WorkerFunction<A, AsyncIterable<T> | Iterable<T>>,
    ...args: A
  ): PoolStream<T> {
    return this.streamWith({}, f, ...args);
  }

  /** As {@link stream}, with options: its deadline is that of all of it. @throws BadOptionError */
  streamWith<A extends unknown[], T>(
    options: StreamOptions,
    f: WorkerFunction<A, AsyncIterable<T> | Iterable<T>>,
    ...args: A
  ): PoolStream<T> {
    return new PoolStream<T>(options, (items) => this.#startStream(f, args, options, items));
  }

  #startStream(
    target: RemoteFunction,
    args: readonly unknown[],
    options: CallOptions,
    items: ItemsTaken,
  ): StreamedCall {
    let left = Promise.resolve();
    try {
      const refusal = this.#refusal();
      if (refusal !== undefined) throw refusal;
      checkOptions(options);
      const call = makeCall(this.#maker, target, "call", args, options, items);
      left = new Promise((resolve) => {
        call.onLeft = resolve;
      });
      return { ended: this.#submit(call, options), left };
    } catch (error) {
      return { ended: fail(error), left };
    }
  }

  statistics(): ThreadPoolStatistics {
    return this.#dispatcher.statistics();
  }

  /**
   * Changes how many workers there are at the least, and at the most. Those that are too many go
   * when they have nothing to do.
   *
   * @throws BadOptionError, and then nothing has changed.
   */
  adjustPoolsize(min: number = this.#settings.min, max: number = this.#settings.max): void {
    const { heapMegabytesMax: _, ...others } = this.#settings;
    settingsOf({ ...others, min, max });
    Object.assign(this.#settings, { min, max });
    if (!this.#closed) this.#dispatcher.adjust();
  }

  /** Ends every worker; calls that have not finished fail with PoolStoppedError. */
  stop(): void {
    this.#closed = this.#stopped = true;
    this.#removeGauges();
    for (const call of this.#dispatcher.stop()) call.giveUp(new PoolStoppedError());
    this.#checkDrained();
  }

  /**
   * Takes no more calls, and stops when those there are have ended, or after `seconds`: what has
   * not finished then fails with PoolStoppedError. Fires when it has stopped.
   */
  drain(seconds: number = Infinity): Deferred<void> {
    // What is no time throws here, and nothing is closed.
    const late =
      seconds === Infinity ? undefined : this.#reactor.callLater(seconds, () => this.stop());
    this.#closed = true;
    const drained = new Deferred<void>();
    const before = this.#drained;
    this.#drained = drained;
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
    const refusal = this.#refusal();
    return refusal === undefined ? this.#make(target, manner, args, options) : fail(refusal);
  }

  #make(
    target: RemoteFunction,
    manner: CallManner,
    args: readonly unknown[],
    options: CallOptions,
  ): Deferred<unknown> {
    if (this.#stopped) return fail(new PoolStoppedError());
    try {
      checkOptions(options);
      return this.#submit(makeCall(this.#maker, target, manner, args, options), options);
    } catch (error) {
      return fail(error);
    }
  }

  /** Why no call can be made now. */
  #refusal(): Error | undefined {
    if (this.#closed) return new PoolStoppedError();
    if (!this.#full) return undefined;
    return new QueueFullError(`the pool is full: ${this.#dispatcher.waiting} calls wait`);
  }

  get #full(): boolean {
    const { waiting, hasFreeWorker } = this.#dispatcher;
    return waiting >= this.#settings.maxQueued && !hasFreeWorker;
  }

  #submit(call: PoolCall, options: CallOptions): Deferred<unknown> {
    const { onProgress, signal, timeout = this.#settings.timeout } = options;
    if (onProgress !== undefined) call.told = inContext(onProgress);
    if (timeout < Infinity) this.#limit(call, timeout);
    this.#dispatcher.submit(call);
    return signal === undefined ? call : withSignal(call, signal);
  }

  readonly #cancel = (deferred: Deferred<unknown>): void => {
    const call = deferred as PoolCall;
    if (call.settle()) this.#dispatcher.abandon(call);
  };

  #limit(call: PoolCall, seconds: number): void {
    call.deadline = this.#reactor.callLater(seconds, () => {
      if (!call.settle()) return;
      this.#dispatcher.abandon(call);
      const { name } = call.target;
      call.errback(new TimeoutError(`${name}() has not ended in ${seconds} seconds`));
    });
  }

  #map(
    f: RemoteFunction,
    manner: CallManner,
    items: Iterable<unknown>,
    options: MapOptions,
  ): Deferred<unknown[]> {
    const all = [...items];
    const window = this.#settings.max * CHUNKS_PER_WORKER;
    const { chunk = Math.max(1, Math.ceil(all.length / window)) } = options;
    if (!(Number.isInteger(chunk) && chunk > 0)) {
      return fail(new BadOptionError(`a chunk has 1 or more items, not ${chunk}`));
    }
    const { chunk: _, ...others } = options;
    const refusal = this.#refusal();
    if (refusal !== undefined && all.length > 0) return fail(refusal);
    const callChunk: CallChunk = (index, alone) => {
      if (!alone && this.#full) return undefined;
      const its = packNumbers(all.slice(index * chunk, (index + 1) * chunk));
      // Not refused by a pool that drains: the map was there before.
      return this.#make(f, manner, [its], others);
    };
    return mapChunks(Math.ceil(all.length / chunk), window, callChunk).addCallback(joinChunks);
  }

  #checkDrained(): void {
    const drained = this.#drained;
    if (drained === undefined || !this.#dispatcher.empty) return;
    this.#drained = undefined;
    this.stop();
    drained.callback();
  }
}

/** Before a call is made, as its arguments are connected then. @throws BadOptionError */
function checkOptions({ timeout = 0, priority = 0 }: CallOptions): void {
  if (!(timeout >= 0)) {
    throw new BadOptionError(`timeout must be 0 or more seconds, not ${timeout}`);
  }
  if (Number.isNaN(priority)) throw new BadOptionError("priority must not be NaN");
}

function stepOf(call: unknown): Step {
  const [f, ...args] = call as [RemoteFunction, ...unknown[]];
  return [f, args];
}
