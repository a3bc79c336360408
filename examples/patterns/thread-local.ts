/**
 * Thread-local: what each thread has for itself, such as a connection that only one may use at a
 * time. It is made in a thread when it is first asked for, and is there for the calls that follow.
 *
 * Simulated workers are in one thread, that of the reactor: on `clock` there is one for all.
 */
import { gatherResults } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { Barrier } from "skein/threading";
import { ThreadPool, worker } from "skein/threads";

const work = worker<typeof import("./thread-local-work.ts")>(
  new URL("./thread-local-work.ts", import.meta.url),
);

const THREADS = 3;

export async function threadLocal(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: THREADS });
  try {
    for (const question of ["one", "two", "three"]) {
      // Nobody answers before all have been asked: so each question is to another thread.
      const asked = new Barrier(THREADS);
      const threads = Array.from({ length: THREADS }, () => pool.call(work.ask, question, asked));
      for (const heard of await gatherResults(threads)) print(`a thread has heard: ${heard}`);
    }
  } finally {
    pool.stop();
  }
}
