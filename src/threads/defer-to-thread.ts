import type { Deferred } from "../defer/deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ThreadPoolOptions } from "./pool-options.ts";
import { type MultipleCalls, ThreadPool } from "./thread-pool.ts";
import type { WorkerFunction } from "./worker.ts";

type Pools = WeakMap<object, ThreadPool>;
const threads: Pools = new WeakMap();
const processes: Pools = new WeakMap();

/** The reactor's own pool, made when it is first asked for, stopped when the reactor stops. */
export function getThreadPool(reactor: Reactor<"threads">): ThreadPool {
  return poolOf(reactor, threads, {});
}

/** The same, of processes. */
export function getProcessPool(reactor: Reactor<"threads">): ThreadPool {
  return poolOf(reactor, processes, { substrate: "processes" });
}

function poolOf(reactor: Reactor<"threads">, pools: Pools, options: ThreadPoolOptions): ThreadPool {
  let pool = pools.get(reactor);
  if (pool === undefined) {
    const made = (pool = new ThreadPool(reactor, options));
    pools.set(reactor, made);
    reactor.addSystemEventTrigger("during", "shutdown", () => {
      pools.delete(reactor);
      made.stop();
    });
  }
  return pool;
}

/**
 * Calls `f` in a worker of the reactor's pool; see {@link ThreadPool.call} for cancellation and
 * errors.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { deferToThread, worker } from "skein/threads";
 *
 * const path = worker<typeof import("node:path/posix")>("node:path/posix");
 *
 * const reactor = createReactor("clock");
 * deferToThread(reactor, path.basename, "/etc/hosts").addCallback((name) => console.log(name));
 * await reactor.advance(0); // → hosts
 * ```
 */
export function deferToThread<A extends unknown[], R>(
  reactor: Reactor<"threads">,
  f: WorkerFunction<A, R>,
  ...args: A
): Deferred<Awaited<R>> {
  return getThreadPool(reactor).call(f, ...args);
}

/** The same, in a worker of `pool`. */
export function deferToThreadPool<A extends unknown[], R>(
  _reactor: Reactor<"threads">,
  pool: ThreadPool,
  f: WorkerFunction<A, R>,
  ...args: A
): Deferred<Awaited<R>> {
  return pool.call(f, ...args);
}

/** Calls `f` in a worker of the reactor's pool; its result is dropped, and its error reported. */
export function callInThread<A extends unknown[]>(
  reactor: Reactor<"threads">,
  f: WorkerFunction<A, unknown>,
  ...args: A
): void {
  getThreadPool(reactor).callInThread(f, ...args);
}

/**
 * Calls functions one after another in one worker of the reactor's pool. The first that throws is
 * the last, and its error is reported.
 */
export function callMultipleInThread<L extends readonly unknown[][]>(
  reactor: Reactor<"threads">,
  calls: readonly [...MultipleCalls<L>],
): void {
  void getThreadPool(reactor).callMultiple<L>(calls);
}

/**
 * As {@link deferToThread}, in a process of the reactor's pool of processes: for code that may
 * bring its process down. A call takes longer to get there, and nothing can be shared or moved.
 */
export function deferToProcess<A extends unknown[], R>(
  reactor: Reactor<"threads">,
  f: WorkerFunction<A, R>,
  ...args: A
): Deferred<Awaited<R>> {
  return getProcessPool(reactor).call(f, ...args);
}
