/** What is done again and again, or later. */
export { deferLater } from "./defer-later.ts";
export { LoopingCall, LoopingCallError } from "./looping-call.ts";
