/**
 * Python's `multiprocessing`: processes, and threads by the same interface.
 *
 * ```
 *   Process            a worker of its own for one call
 *   Pool               workers that share the items of a job
 *   Queue, Lock, …     those of skein/threading, which serve processes too
 *   pipe()             two ends
 *   Value, SharedArray numbers in shared memory
 *   Manager            objects of the reactor's thread, for all
 * ```
 */
export {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  // One queue has all that Python's three have.
  Queue,
  Queue as JoinableQueue,
  Queue as SimpleQueue,
  RLock,
  Semaphore,
} from "../threading/index.ts";
export type { Dict, List, Namespace } from "./collections.ts";
export {
  ManagerShutDownError,
  PipeClosedError,
  PoolOpenError,
  ProcessStartedError,
} from "./errors.ts";
export type { Managed } from "./managed.ts";
export { Manager } from "./manager.ts";
export type { NumberKind } from "./numbers.ts";
export { pipe, PipeEnd, type PipeOptions } from "./pipe.ts";
export { type ChunkOptions, Pool, type PoolOptions } from "./pool.ts";
export { Process, type ProcessOptions } from "./process.ts";
export { SharedArray } from "./shared-array.ts";
export { Value } from "./value.ts";
