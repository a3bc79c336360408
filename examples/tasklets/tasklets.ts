/**
 * Tasklets in threads: each thread has a reactor of its own, and on that hundreds of tasklets:
 * generators that a Cooperator steps in turn, which cost nothing while they wait.
 *
 * The tasklets of a thread stand in a circle, and so do the threads: a ball goes round the circle
 * of each thread, and from its last tasklet to the next thread, by a queue that both share.
 *
 * `npx tsx examples/tasklets/run.ts`
 */
import { gatherResults } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { Queue } from "skein/threading";
import { ThreadPool, worker } from "skein/threads";
import type { Ball } from "./tasklets-work.ts";

const work = worker<typeof import("./tasklets-work.ts")>(
  new URL("./tasklets-work.ts", import.meta.url),
);

export interface CircleOptions {
  readonly threads?: number;
  readonly tasklets?: number;
  readonly rounds?: number;
}

export async function playCatch(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
  { threads = 3, tasklets = 200, rounds = 5 }: CircleOptions = {},
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: threads });
  try {
    const gaps = Array.from({ length: threads }, () => new Queue<Ball>());
    const circles = gaps.map((gap, at) =>
      pool.call(work.circle, tasklets, gap, gaps[(at + 1) % threads] as Queue<Ball>),
    );
    await gaps[0]?.put({ circles: rounds * threads });
    const caught = await gatherResults(circles);
    caught.forEach((count, at) => print(`thread ${at + 1}: ${tasklets} tasklets caught ${count}`));
  } finally {
    pool.stop();
  }
}
