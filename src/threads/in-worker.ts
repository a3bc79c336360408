/** For functions that run in workers: light, as each worker loads it. */
export { CurrentCall, currentCall, NotInWorkerError } from "../core/current-call.ts";
