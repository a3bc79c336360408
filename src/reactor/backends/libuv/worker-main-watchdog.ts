/**
 * The watchdog's thread: when the beats stop, it has V8's debugger halt the main thread for as long
 * as it takes to read its stack.
 */
import { type Debugger, Session } from "node:inspector";
import { workerData } from "node:worker_threads";
import { BEATS, now, type Stall, type WatchdogData } from "./watchdog.ts";

const { beats, limitMs, stalls } = workerData as WatchdogData;
let last = -1;
let lastChange = 0;
/** Whether the stall that lasts has been looked into. */
let looked = false;

setInterval(() => {
  const beat = Atomics.load(beats, 0);
  const atMs = performance.now();
  if (beat !== last) {
    last = beat;
    lastChange = atMs;
    looked = false;
    return;
  }
  const heldMs = atMs - lastChange;
  // The last beat may have been all but due when the call began.
  if (looked || heldMs < limitMs * (1 + 1 / BEATS)) return;
  looked = true;
  lookInto(beat, heldMs / 1000);
}, limitMs / BEATS);

function lookInto(beat: number, seconds: number): void {
  const session = new Session();
  session.connectToMainThread();
  // All that are loaded are told of when the debugger is enabled.
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  session.on("Debugger.paused", ({ params }) => {
    const frames = params.callFrames.map((frame) => textOf(frame, urls));
    // It may have come to its end meanwhile; then this is the stack of some other call.
    if (Atomics.load(beats, 0) === beat && !isBeat(frames[0])) {
      const stall: Stall = { seconds, stack: frames.join("\n"), seenAt: now() };
      // Before it goes on, so that whoever asks at the end of the call finds it.
      stalls.postMessage(stall);
    }
    // Lets it go on too.
    session.disconnect();
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
}

function isBeat(line: string | undefined): boolean {
  return line === undefined || /\/watchdog\.[jt]s:/.test(line);
}

function textOf(frame: Debugger.CallFrame, urls: ReadonlyMap<string, string>): string {
  const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
  const where = `${urls.get(scriptId) ?? ""}:${lineNumber + 1}:${columnNumber + 1}`;
  return `    at ${frame.functionName || "<anonymous>"} (${where})`;
}
