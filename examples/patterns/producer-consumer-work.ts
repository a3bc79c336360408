/** What the bakers and the eaters do, each in a thread. */
import type { Lock, Queue } from "skein/threading";
import { callInReactor, type InReactor } from "skein/threads/worker";

export interface Loaf {
  readonly grain: string;
  readonly number: number;
}

export interface Paper {
  print(line: string): void;
}

export async function bake(grain: string, count: number, queue: Queue<Loaf>): Promise<void> {
  for (let number = 1; number <= count; number++) await queue.put({ grain, number });
}

/** Eats until there is nothing left, and there will be nothing; tells how many loaves it was. */
export async function eat(
  name: string,
  queue: Queue<Loaf>,
  paper: InReactor<Paper>,
  lock: Lock,
): Promise<number> {
  let eaten = 0;
  for await (const { grain, number } of queue) {
    await lock.run(async () => {
      // Each line is on the paper before the next is written, or another has the lock.
      await callInReactor(paper.print, `${name} takes ${grain} ${number}`);
      await callInReactor(paper.print, `${name} has eaten it`);
    });
    eaten++;
  }
  return eaten;
}
