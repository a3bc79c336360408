/**
 * Producer and consumer: two threads make things, two others use them up, with a queue between. A
 * lock keeps the two lines together that belong together, whoever else is printing.
 */
import { gatherResults } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { Lock, Queue } from "skein/threading";
import { inReactor, ThreadPool, worker } from "skein/threads";
import type { Loaf } from "./producer-consumer-work.ts";

const work = worker<typeof import("./producer-consumer-work.ts")>(
  new URL("./producer-consumer-work.ts", import.meta.url),
);

export async function producerConsumer(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: 4 });
  try {
    const queue = new Queue<Loaf>({ maxSize: 3 }); // a baker waits while it is full
    const paper = inReactor({ print });
    const lock = new Lock();
    const eaters = ["Ann", "Bob"].map((name) => pool.call(work.eat, name, queue, paper, lock));
    const bakers = ["rye", "oat"].map((grain) => pool.call(work.bake, grain, 5, queue));
    await gatherResults(bakers);
    queue.shutdown(); // the eaters take what is left, and end
    const eaten = await gatherResults(eaters);
    print(`${eaten.reduce((sum, n) => sum + n)} loaves were eaten`);
  } finally {
    pool.stop();
  }
}
