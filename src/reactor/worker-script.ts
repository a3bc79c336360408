/**
 * What becomes of calls in the clock's simulated workers.
 *
 * ```ts
 * import { createReactor, ThreadPool, worker } from "skein";
 *
 * const path = worker<typeof import("node:path/posix")>("node:path/posix");
 *
 * const reactor = createReactor("clock", {
 *   workers: ({ name }) => (name === "basename" ? { seconds: 3 } : { crash: "out of memory" }),
 * });
 * const pool = new ThreadPool(reactor);
 * pool
 *   .call(path.basename, "/etc/hosts")
 *   .addCallback((name) => console.log(name, reactor.seconds()));
 * pool
 *   .call(path.dirname, "/etc/hosts")
 *   .addErrback((failure) => console.log(failure.message, reactor.seconds()));
 * await reactor.advance(5);
 * pool.stop();
 * // → WorkerDiedError: out of memory 0
 * // → hosts 3
 * ```
 */
import type { RemoteFunction } from "./workers.ts";

/** What becomes of a call. */
export interface WorkerFate {
  /** Virtual seconds until it ends; 0 unless given. Infinity: it never does. */
  readonly seconds?: number;
  /** The function is not run; its worker dies when it would end, of an error with this message. */
  readonly crash?: string;
}

/** Asked when a call begins. */
export type WorkerScript = (
  target: RemoteFunction,
  args: readonly unknown[],
) => WorkerFate | undefined;
