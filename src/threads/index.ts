/** Work beside the reactor's thread. */
export { deferToThread, getThreadPool } from "./defer-to-thread.ts";
export { PoolStoppedError } from "./errors.ts";
export { ThreadPool, type ThreadPoolOptions, type ThreadPoolStatistics } from "./thread-pool.ts";
export { worker, type WorkerFunction, type WorkerModule } from "./worker.ts";
