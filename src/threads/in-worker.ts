/** For functions that run in workers: light, as each worker loads it. */
export { type Crossed, type Crossing, crossing, CrossesItself } from "../core/crossing-object.ts";
export { CurrentCall, currentCall, NotInWorkerError } from "../core/current-call.ts";
export { WouldBlockError } from "../core/would-block-error.ts";
export { InReactorEndedError } from "../core/in-reactor-ended-error.ts";
export {
  blockingCallFromThread,
  callFromThread,
  callInReactor,
  type InReactor,
  type ReactorFunction,
} from "./in-reactor-worker.ts";
export { workerReactor, type WorkerReactor } from "./worker-reactor.ts";
