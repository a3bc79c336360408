/**
 * Watches the loop from a second thread: only from there can be seen what a call is doing that does
 * not return.
 */
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import { BadOptionError } from "../../../core/errors.ts";

/** So many beats in the time after which a loop counts as held. */
export const BEATS = 4;

/** What the thread is given. */
export interface WatchdogData {
  /** Counts up while the loop goes round. */
  readonly beats: Int32Array;
  readonly limitMs: number;
  /** Where stalls are told. */
  readonly stalls: MessagePort;
}

/** What the thread saw. */
export interface Stall {
  /** How long the loop had been held by then. */
  readonly seconds: number;
  readonly stack: string;
  /** When it was seen, by {@link now}. */
  readonly seenAt: number;
}

/** Seconds, by a clock that all threads have in common: the one of the backend. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds + nanoseconds / 1e9;
}

export class Watchdog {
  readonly #limitMs: number;
  readonly #told: (stall: Stall) => void;
  readonly #failed: (error: unknown) => void;
  #beating: ReturnType<typeof setInterval> | undefined = undefined;
  #thread: Worker | undefined = undefined;
  #stalls: MessagePort | undefined = undefined;

  /** @param failed told when the thread has ended in an error, and nothing is watched any more. */
  constructor(
    limitSeconds: number,
    told: (stall: Stall) => void,
    failed: (error: unknown) => void,
  ) {
    if (!(limitSeconds > 0)) {
      throw new BadOptionError(`watchdogSeconds must be over 0, not ${limitSeconds}`);
    }
    this.#limitMs = limitSeconds * 1000;
    this.#told = told;
    this.#failed = failed;
  }

  start(): void {
    const beats = new Int32Array(new SharedArrayBuffer(4));
    this.#beating = setInterval(() => Atomics.add(beats, 0, 1), this.#limitMs / BEATS).unref();
    const source = import.meta.url.endsWith(".ts");
    const file = source ? "watchdog-from-source.js" : "worker-main-watchdog.js";
    const { port1, port2 } = new MessageChannel();
    const data: WatchdogData = { beats, limitMs: this.#limitMs, stalls: port2 };
    this.#thread = new Worker(new URL(`./${file}`, import.meta.url), {
      workerData: data,
      transferList: [port2],
    });
    this.#thread.unref();
    this.#thread.on("error", this.#failed);
    this.#stalls = port1;
    port1.on("message", this.#told);
    port1.unref();
  }

  /**
   * The stack that was seen since then, which is not told any more. The thread posts it before it
   * lets the call go on: it is here when the call has ended.
   */
  takeStack(since: number): string | undefined {
    let stack: string | undefined;
    while (this.#stalls !== undefined) {
      const received = receiveMessageOnPort(this.#stalls);
      if (received === undefined) break;
      const stall = received.message as Stall;
      if (stall.seenAt >= since) stack = stall.stack;
      else this.#told(stall);
    }
    return stack;
  }

  stop(): void {
    clearInterval(this.#beating);
    this.#stalls?.off("message", this.#told);
    this.#stalls?.close();
    this.#stalls = undefined;
    void this.#thread?.terminate();
    this.#thread = undefined;
  }
}
