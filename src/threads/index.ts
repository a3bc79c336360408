/** Work beside the reactor's thread. */
export { type Crossed, type Crossing, crossing, CrossesItself } from "../core/crossing-object.ts";
export { NotInWorkerError } from "../core/current-call.ts";
export {
  callInThread,
  callMultipleInThread,
  deferToProcess,
  deferToThread,
  deferToThreadPool,
  getProcessPool,
  getThreadPool,
} from "./defer-to-thread.ts";
export { PoolStoppedError } from "./errors.ts";
export { type CallOptions } from "./pool-call.ts";
export { type ThreadPoolOptions } from "./pool-options.ts";
export { type ThreadPoolStatistics } from "./statistics.ts";
export { PoolStream, type StreamOptions } from "./pool-stream.ts";
export { type MapOptions, type MultipleCalls, type OnResult, ThreadPool } from "./thread-pool.ts";
export { worker, type WorkerFunction, type WorkerModule } from "./worker.ts";
export { WouldBlockError } from "../core/would-block-error.ts";
export { InReactorEndedError } from "../core/in-reactor-ended-error.ts";
export { inReactor } from "./in-reactor.ts";
export { type InReactor, type ReactorFunction } from "./in-reactor-worker.ts";
