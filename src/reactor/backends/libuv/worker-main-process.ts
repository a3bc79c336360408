/** What runs in a worker's process: takes calls, one after another, and answers them. */
import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { deserialize } from "node:v8";
import { cannotCross, packError } from "../../../core/crossing.ts";
import { crossesItself } from "../../../core/crossing-object.ts";
import { type CallLink, CurrentCall, inCall } from "../../../core/current-call.ts";
import { ending } from "../../../core/ending.ts";
import { type Callee, calleeOf } from "../../remote-call.ts";
import { sendResult } from "../../reviving.ts";
import {
  ABORTS_FD,
  ANSWERS_FD,
  CALLS_FD,
  FrameReader,
  frameOf,
  type FromProcess,
  REPLIES_FD,
  type ToProcess,
} from "./process-frames.ts";

const callees = new Map<string, Callee>();
let number = 0;
/** The same while the call runs. */
let running = 0;
let current: CurrentCall | undefined;
let hear: ((message: unknown) => void) | undefined;
let aborted = 0;
/** When it was last looked whether a call was cancelled: a look takes as long as a small item. */
let lookedAt = -Infinity;
const LOOK_MS = 1;
let megabytes = 0;

const reader = new FrameReader<ToProcess>((message) => {
  if (message[0] === "call") {
    void run(message);
  } else if (message[1] === number) {
    if (message[0] === "told") hear?.(message[2]);
    if (message[0] === "end") void end();
    if (message[0] !== "abort") return;
    aborted = number;
    current?.abort();
  }
});
new Socket({ fd: CALLS_FD, readable: true, writable: false })
  .on("data", (piece) => reader.push(piece))
  // The pool is gone.
  .on("close", () => process.exit())
  .on("error", () => process.exit());
// Opened, so that reading it does not block, but read only when somebody asks.
const aborts = new Socket({
  fd: ABORTS_FD,
  readable: true,
  writable: false,
  manualStart: true,
} as never);
aborts.on("error", () => {}).unref();
write(["ready"]);

async function run(message: Extract<ToProcess, readonly ["call", ...unknown[]]>): Promise<void> {
  const [, its, target, manner, args] = message;
  number = running = its;
  current = hear = undefined;
  const key = `${manner} ${target.name} ${target.module}`;
  let callee = callees.get(key);
  if (callee === undefined) callees.set(key, (callee = calleeOf(target, manner)));
  const called = callee;
  try {
    let value = await inCall(makeCurrent, () => called(args));
    if (crossesItself(value)) value = sendResult(target.name, value, "processes", makeCurrent());
    try {
      running = 0;
      write(["returned", its, value, measured()]);
    } catch (error) {
      throw cannotCross(`the result of ${target.name}()`, value, error);
    }
  } catch (error) {
    running = 0;
    write(["threw", its, packError(error), measured()]);
  }
  ended();
}

/** Apart, as TypeScript takes it that there is none above: the function has asked for it since. */
function ended(): void {
  current?.end();
}

function makeCurrent(): CurrentCall {
  const its = number;
  let heeds = false;
  const link: CallLink = {
    heed() {
      if (its === number && !heeds) write(["heeds", its, undefined]);
      heeds = true;
    },
    aborted: () => its === number && (aborted === its || lookForAbort() === its),
    send(message) {
      if (its === number) write(["told", its, message]);
    },
    runs: () => running === its,
    ask(question) {
      write(["asked", its, question]);
      return { answer: readAnswer(its) };
    },
    listen(ear) {
      if (its === number) hear = ear;
    },
    waits: () => () => {},
  };
  return (current ??= new CurrentCall(link));
}

/** Blocks until the answer is there. One to a call that has ended since may be before it. */
function readAnswer(its: number): unknown {
  for (;;) {
    const length = readReplies(4).readUInt32LE();
    const message = deserialize(readReplies(length)) as ToProcess;
    if (message[0] === "answer" && message[1] === its) return message[2];
  }
}

function readReplies(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const got = readSync(REPLIES_FD, bytes, at, length - at, null);
    // The pool is gone.
    if (got === 0) process.exit();
    at += got;
  }
  return bytes;
}

/** The call that was cancelled last, as its own pipe says; a millisecond ago, maybe. */
function lookForAbort(): number {
  const now = performance.now();
  if (now - lookedAt < LOOK_MS) return aborted;
  lookedAt = now;
  const bytes = Buffer.alloc(4);
  try {
    while (readSync(ABORTS_FD, bytes, 0, 4, null) === 4) aborted = bytes.readUInt32LE();
  } catch {
    // There is nothing to read.
  }
  return aborted;
}

function write(message: FromProcess): void {
  const frame = frameOf(message);
  for (let at = 0; at < frame.length;) {
    try {
      at += writeSync(ANSWERS_FD, frame, at);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EAGAIN") process.exit();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

ending.told = () => write(["lives"]);

async function end(): Promise<void> {
  await ending.end?.();
  process.exit();
}

/** Its memory, looked at now and then. */
function measured(): number {
  if (number % 8 === 1) megabytes = process.memoryUsage.rss() / (1 << 20);
  return megabytes;
}
