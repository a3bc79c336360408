import { Deferred } from "../defer/deferred.ts";
import { fail } from "../defer/fired.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { PoolStoppedError } from "../threads/errors.ts";
import type { ThreadPoolOptions } from "../threads/pool-options.ts";
import type { ThreadPoolStatistics } from "../threads/statistics.ts";
import { type MapOptions, ThreadPool } from "../threads/thread-pool.ts";
import type { CallOptions } from "../threads/pool-call.ts";
import type { PoolStream, StreamOptions } from "../threads/pool-stream.ts";
import type { WorkerFunction } from "../threads/worker.ts";
import { Outstanding } from "./outstanding.ts";
import { assertSeconds, Service, type ServiceOptions } from "./service.ts";

export interface ThreadPoolServiceOptions extends ServiceOptions, ThreadPoolOptions {
  /** Seconds that calls have to finish when it stops; 0 unless given: their workers are ended. */
  readonly drainTimeout?: number;
}

/**
 * A {@link ThreadPool} that takes calls while the service runs; each start makes a new one.
 *
 * ```ts
 * import { createReactor, ThreadPoolService, worker } from "skein";
 *
 * const path = worker<typeof import("node:path/posix")>("node:path/posix");
 *
 * const reactor = createReactor("clock");
 * const pool = new ThreadPoolService(reactor, { max: 2, drainTimeout: 5 });
 * await pool.startService();
 * pool.call(path.basename, "/etc/hosts").addCallback((name) => console.log(name));
 * void pool.stopService().addCallback(() => console.log("stopped"));
 * await reactor.advance(1);
 * // → hosts
 * // → stopped
 * ```
 */
export class ThreadPoolService extends Service {
  readonly #reactor: Reactor<"threads">;
  readonly #options: ThreadPoolOptions;
  readonly #drainTimeout: number;
  readonly #calls: Outstanding<object> = new Outstanding();
  #pool: ThreadPool | undefined = undefined;

  /** @throws BadOptionError */
  constructor(reactor: Reactor<"threads">, options: ThreadPoolServiceOptions = {}) {
    const { drainTimeout = 0 } = options;
    super({ clock: reactor, ...options });
    assertSeconds("drainTimeout", drainTimeout);
    this.#reactor = reactor;
    this.#options = options;
    this.#drainTimeout = drainTimeout;
  }

  /** As {@link ThreadPool.call}; fails with PoolStoppedError unless the service runs. */
  call<A extends unknown[], R>(f: WorkerFunction<A, R>, ...args: A): Deferred<Awaited<R>> {
    return this.#track((pool) => pool.call(f, ...args));
  }

  /** As {@link ThreadPool.callWith}. */
  callWith<A extends unknown[], R>(
    options: CallOptions,
    f: WorkerFunction<A, R>,
    ...args: A
  ): Deferred<Awaited<R>> {
    return this.#track((pool) => pool.callWith(options, f, ...args));
  }

  /** As {@link ThreadPool.map}. */
  map<T, R>(
    f: WorkerFunction<[T], R>,
    items: Iterable<T>,
    options: MapOptions = {},
  ): Deferred<Awaited<R>[]> {
    return this.#track((pool) => pool.map(f, items, options));
  }

  /**
   * As {@link ThreadPool.stream}. A service that stops waits for no stream: what has not come then
   * is lost.
   *
   * @throws PoolStoppedError unless the service runs.
   */
  stream<A extends unknown[], T>(
    f: WorkerFunction<A, AsyncIterable<T> | Iterable<T>>,
    ...args: A
  ): PoolStream<T> {
    return this.streamWith({}, f, ...args);
  }

  /** As {@link ThreadPool.streamWith}, and {@link stream}. */
  streamWith<A extends unknown[], T>(
    options: StreamOptions,
    f: WorkerFunction<A, AsyncIterable<T> | Iterable<T>>,
    ...args: A
  ): PoolStream<T> {
    if (this.#pool === undefined || !this.running) throw new PoolStoppedError();
    return this.#pool.streamWith(options, f, ...args);
  }

  /** Makes a call that the service waits for when it stops. */
  #track<T>(begin: (pool: ThreadPool) => Deferred<T>): Deferred<T> {
    if (this.#pool === undefined || !this.running) return fail(new PoolStoppedError());
    const call = {};
    this.#calls.add(call);
    const called = begin(this.#pool);
    const outcome = new Deferred<T>(() => called.cancel());
    called.addBoth((result) => {
      if (!outcome.called) outcome.callback(result);
      // Behind what its caller makes of it.
      this.#calls.delete(call);
    });
    return outcome;
  }

  /** How much the pool has to do; undefined while there is none. */
  statistics(): ThreadPoolStatistics | undefined {
    return this.#pool?.statistics();
  }

  protected override start(): void {
    this.#pool = new ThreadPool(this.#reactor, this.#options);
  }

  protected override stop(): Deferred<void> {
    if (this.#calls.size > 0 && this.#drainTimeout > 0) {
      this.note(`draining: ${this.#calls.size} calls`);
    }
    return this.#calls.whenEmpty(this.#drainTimeout, this.#reactor).addBoth(() => {
      this.#pool?.stop();
      this.#pool = undefined;
    });
  }

  protected override describe(): string {
    const statistics = this.statistics();
    if (statistics === undefined) return "";
    const { workers, working, queued } = statistics;
    return `${workers} workers, ${working} at work, ${queued} calls waiting`;
  }
}
