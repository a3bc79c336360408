/** The patterns by their names. */
import type { Reactor } from "skein/reactor";
import { activeObject } from "./active-object.ts";
import { barrier } from "./barrier.ts";
import { display } from "./display.ts";
import { future } from "./future.ts";
import { pipeline } from "./pipeline.ts";
import { producerConsumer } from "./producer-consumer.ts";
import { readWriteLock } from "./read-write-lock.ts";
import { threadLocal } from "./thread-local.ts";
import { workerPool } from "./worker-pool.ts";

/** A small program: it prints, and ends. */
export type Pattern = (
  reactor: Reactor<"threads">,
  print: (line: string) => void,
) => PromiseLike<void>;

export const patterns: ReadonlyMap<string, readonly [about: string, run: Pattern]> = new Map([
  [
    "producer-consumer",
    ["a queue between who makes and who uses; a lock for output", producerConsumer],
  ],
  ["worker-pool", ["more jobs than threads", workerPool]],
  ["barrier", ["nobody begins a phase before all have ended the last one", barrier]],
  ["pipeline", ["stages joined by bounded queues", pipeline]],
  ["future", ["a result that is not there yet", future]],
  ["read-write-lock", ["many readers, or one writer", readWriteLock]],
  ["thread-local", ["what each thread has for itself", threadLocal]],
  ["active-object", ["an object in a thread of its own", activeObject]],
  ["display", ["a timer shows what threads have put into a queue", display]],
]);
