/**
 * Watches the loop from a second thread: only from there can be seen what a call is doing that does
 * not return.
 */
import { Worker } from "node:worker_threads";
import { BadOptionError } from "../../../core/errors.ts";

/** So many beats in the time after which a loop counts as held. */
export const BEATS = 4;

/** What the thread is given. */
export interface WatchdogData {
  /** Counts up while the loop goes round. */
  readonly beats: Int32Array;
  readonly limitMs: number;
}

/** What the thread saw. */
export interface Stall {
  /** How long the loop had been held by then. */
  readonly seconds: number;
  readonly stack: string;
}

export class Watchdog {
  readonly #limitMs: number;
  readonly #told: (stall: Stall) => void;
  readonly #failed: (error: unknown) => void;
  #beating: ReturnType<typeof setInterval> | undefined = undefined;
  #thread: Worker | undefined = undefined;

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
    const data: WatchdogData = { beats, limitMs: this.#limitMs };
    this.#thread = new Worker(new URL(`./${file}`, import.meta.url), { workerData: data });
    this.#thread.unref();
    this.#thread.on("message", this.#told);
    this.#thread.on("error", this.#failed);
  }

  stop(): void {
    clearInterval(this.#beating);
    this.#thread?.off("message", this.#told);
    void this.#thread?.terminate();
    this.#thread = undefined;
  }
}
