/** What is done again and again, later, side by side, or until it is done. */
export type { CooperativeTask, Steps } from "./cooperative-task.ts";
export { Cooperator, type CooperatorOptions } from "./cooperator.ts";
export { deferLater } from "./defer-later.ts";
export * from "./errors.ts";
export { LoopingCall, LoopingCallError } from "./looping-call.ts";
export { react, type ReactOptions, type ReactProcess } from "./react.ts";
export type { SignalledProcess, StopSignal } from "./signals.ts";
