/** Worker pool: more jobs than threads; each thread takes the next job when it is done with one. */
import type { Reactor } from "skein/reactor";
import { ThreadPool, worker } from "skein/threads";

const work = worker<typeof import("./worker-pool-work.ts")>(
  new URL("./worker-pool-work.ts", import.meta.url),
);

export async function workerPool(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: 3 });
  try {
    const starts = Array.from({ length: 10 }, (_, n) => n * 1000);
    // A chunk goes to one thread: these jobs are large enough to go one by one.
    const counts = await pool.map(work.countPrimes, starts, { chunk: 1 });
    counts.forEach((count, n) => print(`from ${starts[n]}: ${count} primes`));
    const all = counts.reduce((sum, count) => sum + count);
    print(`${all} in all, by ${pool.statistics().workers} threads`);
  } finally {
    pool.stop();
  }
}
