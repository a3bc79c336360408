import { currentCall, linkOf } from "../core/current-call.ts";
import { ending } from "../core/ending.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { stopIfRunning } from "../reactor/stop-if-running.ts";
import type { IOCapability } from "../reactor/io.ts";

/** The reactor of a worker. */
export type WorkerReactor = Reactor<IOCapability | "threads">;

let own: Promise<WorkerReactor> | undefined;

/**
 * The reactor of the worker that this function runs in, on `libuv`: made when it is first asked
 * for, and running. What uses it may go on when the call has ended: as long as the worker lives. In
 * a simulated worker it is the pool's own.
 *
 * When the pool has no more use for the worker, as it is idle or replaced, or the pool stops while
 * it is idle, the reactor stops with all that belongs to it, its triggers and connections, and has
 * five seconds for that; so it does when the function of a `Process` has ended. A worker that is
 * ended in the middle of a call ends at once.
 *
 * ```ts no-run
 * import { workerReactor } from "skein/threads/worker";
 *
 * export async function later(seconds: number): Promise<string> {
 *   const reactor = await workerReactor();
 *   return new Promise((resolve) => reactor.callLater(seconds, () => resolve("done")));
 * }
 * ```
 *
 * @throws NotInWorkerError as {@link currentCall}: ask before the first `await`.
 */
export async function workerReactor(): Promise<WorkerReactor> {
  const link = linkOf(currentCall());
  const { reactor } = link;
  if (reactor !== undefined) {
    // From now on it waits for what happens there.
    link.waits();
    return reactor as WorkerReactor;
  }
  return (own ??= begin());
}

async function begin(): Promise<WorkerReactor> {
  const { createReactor } = await import("../reactor/index.ts");
  const reactor = createReactor("libuv");
  const stopped = reactor.run();
  ending.end = async () => {
    // It may not have started yet.
    reactor.callWhenRunning(() => stopIfRunning(reactor));
    await stopped;
  };
  ending.told?.();
  return reactor;
}
