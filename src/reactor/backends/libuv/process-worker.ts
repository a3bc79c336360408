/**
 * A worker that is a process of its own. It holds one call: whether a second one has begun could
 * not be known once it is gone. It writes its answers by blocking writes, so that none is lost that
 * was made before it ended.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { cannotStartWorker } from "./cannot-start-worker.ts";
import { isMessage } from "./is-message.ts";
import { whenOverdue } from "./overdue.ts";
import { argumentsCannotCross, unpackError } from "../../../core/crossing.ts";
import { WorkerDiedError } from "../../errors.ts";
import type { WorkerCall, WorkerEvents, WorkerHandle, WorkerOptions } from "../../workers.ts";
import { argumentsForProcess } from "./inherited-arguments.ts";
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
import { ProcessTree } from "./process-tree.ts";

/** What it has written is read to the end; but a process that it started may keep the pipe open. */
const LAST_WORDS_MS = 200;

const KINDS: ReadonlySet<unknown> = new Set<FromProcess[0]>([
  "ready",
  "lives",
  "heeds",
  "told",
  "asked",
  "returned",
  "threw",
]);

export class ProcessWorker implements WorkerHandle {
  readonly #events: WorkerEvents;
  readonly #process: ChildProcess;
  readonly #tree: ProcessTree | undefined;
  #call: WorkerCall | undefined;
  #number = 0;
  #heeds = false;
  #ready = false;
  #gone = false;
  #lives = false;
  #megabytes = 0;
  /** Why it was ended. */
  #failure: WorkerDiedError | undefined = undefined;

  constructor(events: WorkerEvents, { heapMegabytesMax }: WorkerOptions = {}) {
    this.#events = events;
    const source = import.meta.url.endsWith(".ts");
    const main = source ? "worker-process-from-source.js" : "worker-main-process.js";
    const heap = heapMegabytesMax === undefined ? [] : [`--max-old-space-size=${heapMegabytesMax}`];
    const args = [...argumentsForProcess(), ...heap, fileURLToPath(new URL(main, import.meta.url))];
    this.#process = spawn(process.execPath, args, {
      stdio: ["ignore", "inherit", "inherit", "pipe", "pipe", "pipe", "pipe"],
      // A group of its own, so that those whom it starts do not outlive it when it is ended; and
      // ^C is the reactor's business.
      detached: true,
    });
    const { pid } = this.#process;
    if (pid !== undefined) this.#tree = new ProcessTree(pid, "group");
    const reader = new FrameReader<FromProcess>((message) => this.#take(message));
    this.#process.on("error", (cause) => this.#died(cannotStartWorker(cause)));
    this.#pipe(ANSWERS_FD)?.on("data", (piece: Buffer) => {
      if (!reader.push(piece)) this.#garbled();
    });
    // What cannot be written goes to a process that is gone, of which its exit tells.
    for (const fd of [CALLS_FD, ANSWERS_FD, ABORTS_FD, REPLIES_FD]) {
      this.#pipe(fd)
        ?.on("error", () => {})
        .unref();
    }
    this.#process.unref();
    this.#process.on("exit", (status, signal) => {
      const how = signal === null ? `exited with status ${status}` : `was killed by ${signal}`;
      const exitCode = signal === null ? (status ?? 1) : -constants.signals[signal];
      const error = this.#failure ?? new WorkerDiedError(`a worker ${how}`, { exitCode });
      if (this.#tree !== undefined) this.#tree.hasExited = true;
      const late = setTimeout(() => this.#died(error), LAST_WORDS_MS);
      this.#process.on("close", () => {
        clearTimeout(late);
        this.#died(error);
      });
    });
  }

  /** The process' own number. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get room(): number {
    return this.#call === undefined ? 1 : 0;
  }

  get atRest(): boolean {
    return this.#call === undefined;
  }

  get megabytes(): number {
    return this.#megabytes;
  }

  current(): WorkerCall | undefined {
    return this.#call;
  }

  send(call: WorkerCall): void {
    const { target, manner, transfer } = call;
    let frame: Buffer;
    try {
      // Nothing can be moved to another process: it is copied, and gone here all the same.
      const args =
        transfer === undefined
          ? call.args
          : structuredClone(call.args, { transfer: transfer as never[] });
      frame = frameOf(["call", this.#number + 1, target, manner, args]);
    } catch (error) {
      throw argumentsCannotCross(target.name, call.args, error);
    }
    this.#number++;
    this.#call = call;
    this.#heeds = false;
    this.#write(CALLS_FD, frame);
  }

  revoke(call: WorkerCall): boolean {
    return this.#call === call && this.#gone && !this.#ready;
  }

  running(call: WorkerCall): boolean {
    return this.#call === call;
  }

  abort(call: WorkerCall): boolean {
    if (this.#call !== call) return false;
    const message: ToProcess = ["abort", this.#number];
    this.#write(CALLS_FD, frameOf(message));
    const number = Buffer.alloc(4);
    number.writeUInt32LE(this.#number);
    this.#write(ABORTS_FD, number);
    return this.#heeds;
  }

  tell(call: WorkerCall, message: unknown): void {
    if (this.#call === call) this.#write(CALLS_FD, frameOf(["told", this.#number, message]));
  }

  #answer(call: WorkerCall, answer: unknown): void {
    if (this.#call === call) this.#write(REPLIES_FD, frameOf(["answer", this.#number, answer]));
  }

  retire(): boolean {
    if (!this.#lives) {
      this.terminate();
      return false;
    }
    this.#write(CALLS_FD, frameOf(["end", this.#number]));
    whenOverdue(this.#process, (why) => {
      this.#failure ??= why;
      this.terminate();
    });
    return true;
  }

  terminate(gently = false): void {
    this.#tree?.signal(gently ? "TERM" : "KILL", "group");
  }

  #write(fd: number, bytes: Buffer): void {
    this.#pipe(fd)?.write(bytes);
  }

  /** There are none for a process that could not be started for want of descriptors. */
  #pipe(fd: number): Socket | undefined {
    return (this.#process.stdio as readonly unknown[] | undefined)?.[fd] as Socket | undefined;
  }

  /** It has written what none writes, as if it had died: nothing that it says can be believed. */
  #garbled(): void {
    if (this.#failure !== undefined) return;
    this.#failure = new WorkerDiedError("a worker has written what is no answer");
    this.terminate();
  }

  #take(message: FromProcess): void {
    if (!isMessage(message, KINDS)) {
      this.#garbled();
      return;
    }
    if (message[0] === "ready") {
      this.#ready = true;
      return;
    }
    if (message[0] === "lives") {
      this.#lives = true;
      return;
    }
    const call = this.#call;
    if (call === undefined || message[1] !== this.#number) return;
    switch (message[0]) {
      case "heeds":
        this.#heeds = true;
        return;
      case "told":
        this.#events.told(call, message[2]);
        return;
      case "asked":
        this.#events.asked(call, message[2], (answer) => this.#answer(call, answer), false);
        return;
      case "returned":
        this.#call = undefined;
        this.#megabytes = message[3];
        this.#events.returned(call, message[2]);
        return;
      case "threw":
        this.#call = undefined;
        this.#megabytes = message[3];
        this.#events.threw(call, unpackError(message[2]));
    }
  }

  #died(error: Error): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#events.died(error);
  }
}
