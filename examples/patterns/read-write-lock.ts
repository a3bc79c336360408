/**
 * Read-write lock: any number of readers at a time, or one writer. It is built of a condition, and
 * of two numbers that the condition's lock protects.
 */
import { gatherResults } from "skein/defer";
import { SharedArray } from "skein/multiprocessing";
import type { Reactor } from "skein/reactor";
import { Barrier } from "skein/threading";
import { ThreadPool, worker } from "skein/threads";
import { ReadWriteLock } from "./read-write-lock-class.ts";

const work = worker<typeof import("./read-write-lock-work.ts")>(
  new URL("./read-write-lock-work.ts", import.meta.url),
);

/** Money is moved between two accounts; who looks never sees it missing. */
export async function readWriteLock(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: 5 });
  try {
    const lock = new ReadWriteLock();
    const accounts = new SharedArray("int32", [100, 0]);
    const meeting = new Barrier(4);
    const readers = [1, 2, 3].map(() => pool.call(work.look, 20, accounts, meeting, ...lock.parts));
    await meeting.wait(); // with the three readers, while they read
    print("all three readers are reading at the same time");
    const writers = [5, -2].map((sum) => pool.call(work.move, sum, 20, accounts, ...lock.parts));
    const wrong = await gatherResults(readers);
    await gatherResults(writers);
    print(`${wrong.reduce((sum, n) => sum + n)} times a reader found money missing`);
    print(`the accounts: ${accounts.toArray().join(" and ")}`);
  } finally {
    pool.stop();
  }
}
