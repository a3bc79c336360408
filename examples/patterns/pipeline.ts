/**
 * Pipeline: each stage is a thread, and bounded queues join them. A stage that is quicker than the
 * next one waits for it, so that little is under way at a time, however much there is to do.
 */
import { gatherResults } from "skein/defer";
import { Value } from "skein/multiprocessing";
import type { Reactor } from "skein/reactor";
import { Queue } from "skein/threading";
import { ThreadPool, worker } from "skein/threads";

const work = worker<typeof import("./pipeline-work.ts")>(
  new URL("./pipeline-work.ts", import.meta.url),
);

const LINES = 500;

export async function pipeline(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: 3 });
  try {
    const lines = new Queue<string>({ maxSize: 4 });
    const words = new Queue<string[]>({ maxSize: 4 });
    const underWay = new Value("int32");
    const [, , { counted, most }] = await gatherResults([
      pool.call(work.read, LINES, lines, underWay),
      pool.call(work.split, lines, words),
      pool.call(work.count, words, underWay),
    ]);
    print(`${counted} words in ${LINES} lines`);
    print(most <= 10 ? "never more than 10 lines were under way" : `${most} were under way!`);
  } finally {
    pool.stop();
  }
}
