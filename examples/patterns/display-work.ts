/** Measures in a thread. */
import { deferLater } from "skein/task";
import type { Queue } from "skein/threading";
import { workerReactor } from "skein/threads/worker";

export interface Reading {
  readonly sensor: string;
  readonly number: number;
}

/** Puts so many readings into the queue, one in so many seconds. */
export async function measure(
  sensor: string,
  seconds: number,
  count: number,
  queue: Queue<Reading>,
): Promise<void> {
  const reactor = await workerReactor(); // the thread's own: its time is virtual on clock
  for (let number = 1; number <= count; number++) {
    await deferLater(reactor, seconds, () => {});
    await queue.put({ sensor, number });
  }
}
