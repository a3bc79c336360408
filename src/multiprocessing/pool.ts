/** Python's Pool over ours: the same calls by its names. */
import { Deferred } from "../defer/deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { Substrate } from "../reactor/workers.ts";
import type { ThreadPoolOptions } from "../threads/pool-options.ts";
import { ThreadPool } from "../threads/thread-pool.ts";
import type { WorkerFunction } from "../threads/worker.ts";
import { PoolOpenError } from "./errors.ts";
import { imap } from "./imap.ts";

/** The others are those of a {@link ThreadPool}. */
export interface PoolOptions extends Omit<
  ThreadPoolOptions,
  "max" | "callsPerWorker" | "substrate"
> {
  /** The most workers at a time; 4 unless given. */
  processes?: number;
  /** A worker is replaced after so many calls; never unless given. */
  maxTasksPerChild?: number;
  /** "processes" unless given. */
  substrate?: Substrate;
}

export interface ChunkOptions {
  /** How many items go to a worker at a time. */
  chunkSize?: number;
}

/**
 * Workers that share the items of a job. Nothing here waits: what waits in Python gives a Deferred,
 * so that `apply` is also what `apply_async` is there.
 *
 * ```ts
 * import { Pool } from "skein/multiprocessing";
 * import { createReactor } from "skein/reactor";
 * import { worker } from "skein/threads";
 *
 * const path = worker<typeof import("node:path/posix")>("node:path/posix");
 *
 * const reactor = createReactor("libuv");
 * const stopped = reactor.run();
 * const pool = new Pool(reactor, { processes: 2 });
 * console.log(await pool.map(path.basename, ["/etc/hosts", "/etc/motd"])); // → [ 'hosts', 'motd' ]
 * for await (const name of pool.imap(path.extname, ["a.ts", "b.md"])) console.log(name);
 * // → .ts
 * // → .md
 * pool.close();
 * await pool.join();
 * reactor.stop();
 * await stopped;
 * ```
 *
 * A call fails with what its function throws, and as those of a {@link ThreadPool} do: with
 * CannotCrossError, QueueFullError, WorkerDiedError (that call alone, whoever else is in the pool),
 * TimeoutError, PoolStoppedError. Cancelling reaches the worker.
 */
export class Pool {
  readonly #pool: ThreadPool;
  /** How many chunks of an iteration are under way: those in workers, and as many that wait. */
  readonly #window: number;
  #ended: Deferred<void> | undefined;
  readonly #joins: Deferred<void>[] = [];

  /** @throws BadOptionError */
  constructor(reactor: Reactor<"threads">, options: PoolOptions = {}) {
    const { processes = 4, maxTasksPerChild = Infinity, ...others } = options;
    this.#window = processes + Math.min(processes, others.maxQueued ?? Infinity);
    this.#pool = new ThreadPool(reactor, {
      substrate: "processes",
      ...others,
      max: processes,
      callsPerWorker: maxTasksPerChild,
    });
  }

  /** Calls `f` in a worker. */
  apply<A extends unknown[], R>(f: WorkerFunction<A, R>, ...args: A): Deferred<Awaited<R>> {
    return this.#pool.call(f, ...args);
  }

  /**
   * Calls `f` with each item; the results in the items' order. The first that fails is what all
   * fails with.
   *
   * @param options `chunkSize`: a sixteenth of each worker's share unless given.
   */
  map<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    { chunkSize }: ChunkOptions = {},
  ): Deferred<Awaited<R>[]> {
    return this.#pool.map(f, items, chunkSize === undefined ? {} : { chunk: chunkSize });
  }

  /** The same for a function of several arguments: each item is a list of them. */
  starmap<A extends unknown[], R>(
    f: WorkerFunction<A, R>,
    items: Iterable<A>,
    { chunkSize }: ChunkOptions = {},
  ): Deferred<Awaited<R>[]> {
    return this.#pool.starmap(f, items, chunkSize === undefined ? {} : { chunk: chunkSize });
  }

  /**
   * The results one by one, in the items' order, as they come. Items are taken from their iterable
   * only as results are consumed, two chunks ahead for each worker: it may be endless. The first
   * item that fails ends the iteration; leaving it cancels what is under way.
   *
   * @param options `chunkSize`: 1 unless given.
   */
  imap<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    { chunkSize = 1 }: ChunkOptions = {},
  ): AsyncIterableIterator<Awaited<R>> {
    return this.#imap(f, items, chunkSize, true);
  }

  /** As {@link imap}, in the order in which they come. */
  imapUnordered<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    { chunkSize = 1 }: ChunkOptions = {},
  ): AsyncIterableIterator<Awaited<R>> {
    return this.#imap(f, items, chunkSize, false);
  }

  /** Takes no more calls, and ends the workers when those there are have ended. */
  close(): void {
    this.#ended ??= this.#pool.drain().addBoth(() => {
      for (const join of this.#joins.splice(0)) join.callback();
    });
  }

  /** Ends the workers at once; calls that have not ended fail with PoolStoppedError. */
  terminate(): void {
    this.close();
    this.#pool.stop();
  }

  /**
   * Fires when close() or terminate() is done.
   *
   * @throws PoolOpenError before either: there would be nothing to wait for.
   */
  join(): Deferred<void> {
    if (this.#ended === undefined) throw new PoolOpenError();
    const joined = new Deferred<void>();
    if (this.#ended.called) joined.callback();
    else this.#joins.push(joined);
    return joined;
  }

  #imap<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    chunkSize: number,
    ordered: boolean,
  ): AsyncIterableIterator<Awaited<R>> {
    const call = (chunk: readonly T[]): Deferred<Awaited<R>[]> => this.map(f, chunk, { chunkSize });
    return imap(call, items, { chunkSize, window: this.#window, ordered });
  }
}
