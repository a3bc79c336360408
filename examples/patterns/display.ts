/**
 * A display that polls a queue: threads measure at their own pace and put what they measure into a
 * queue; ten times a second a timer shows what has come. Nothing is lost, however much that is.
 */
import { gatherResults } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { LoopingCall } from "skein/task";
import { Queue, QueueEmptyError, QueueShutDownError } from "skein/threading";
import { ThreadPool, worker } from "skein/threads";
import type { Reading } from "./display-work.ts";

const work = worker<typeof import("./display-work.ts")>(
  new URL("./display-work.ts", import.meta.url),
);

const SENSORS = { hull: 0.02, deck: 0.035, mast: 0.05 };
const READINGS = 20;

export async function display(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const queue = new Queue<Reading>();
  const shown = new Map<string, number[]>();
  /** Takes what is there, and does not wait for more. */
  const refresh = (): void => {
    try {
      for (;;) {
        const { sensor, number } = queue.getNowait();
        shown.set(sensor, [...(shown.get(sensor) ?? []), number]);
      }
    } catch (error) {
      if (error instanceof QueueShutDownError) screen.stop();
      else if (!(error instanceof QueueEmptyError)) throw error;
    }
  };
  const screen = new LoopingCall(reactor, refresh);
  const pool = new ThreadPool(reactor, { max: 3 });
  try {
    const sensors = Object.entries(SENSORS).map(([sensor, seconds]) =>
      pool.call(work.measure, sensor, seconds, READINGS, queue),
    );
    const ended = gatherResults(sensors).addCallback(() => queue.shutdown());
    await gatherResults([ended, screen.start(0.1)]);
    for (const sensor of Object.keys(SENSORS)) print(`${sensor}: ${summary(shown.get(sensor))}`);
  } finally {
    if (screen.running) screen.stop();
    pool.stop();
  }
}

function summary(numbers: readonly number[] = []): string {
  const inOrder = numbers.every((number, at) => number === at + 1);
  return `${numbers.length} readings of ${READINGS}${inOrder ? ", in order" : ""}`;
}
