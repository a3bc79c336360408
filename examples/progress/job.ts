/** A job in a worker, and a display that shows it: neither knows what the other is made of. */
import { CancelledError, type Deferred } from "skein/defer";
import { type ThreadPool, worker } from "skein/threads";
import type { Progress } from "./work.ts";

const work = worker<typeof import("./work.ts")>(new URL("./work.ts", import.meta.url));

/** What is shown of a job; here or on another machine. */
export interface Display {
  show(progress: Progress): void;
  /** The last: how it has ended. */
  end(outcome: string): void;
}

export interface JobOptions {
  /** In how many steps, and how long the worker waits before each. */
  readonly steps: number;
  readonly pauseSeconds: number;
}

/** Fires when it has ended, in whichever way. Cancelled, it asks the worker to end. */
export function showJob(
  pool: ThreadPool,
  { steps, pauseSeconds }: JobOptions,
  display: Display,
): Deferred<void> {
  const onProgress = (progress: unknown): void => display.show(progress as Progress);
  return pool
    .callWith({ onProgress }, work.countPrimes, steps, pauseSeconds)
    .addCallback((primes) => `done: ${primes} primes`)
    .addErrback((failure) => {
      return failure.check(CancelledError) === undefined ? `failed: ${failure.message}` : "stopped";
    })
    .addCallback((outcome) => display.end(outcome));
}
