import type { Deferred } from "../defer/deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { ThreadPool } from "./thread-pool.ts";
import type { WorkerFunction } from "./worker.ts";

const pools = new WeakMap<object, ThreadPool>();

/** The reactor's own pool, made when it is first asked for, stopped when the reactor stops. */
export function getThreadPool(reactor: Reactor<"threads">): ThreadPool {
  let pool = pools.get(reactor);
  if (pool === undefined) {
    const made = (pool = new ThreadPool(reactor));
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
