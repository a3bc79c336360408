/**
 * Barrier: threads that work in phases. Nobody begins a phase before all have ended the one before:
 * so a thread may read what its neighbours have written, and no lock is needed.
 */
import { gatherResults } from "skein/defer";
import { SharedArray } from "skein/multiprocessing";
import type { Reactor } from "skein/reactor";
import { Barrier } from "skein/threading";
import { inReactor, ThreadPool, worker } from "skein/threads";

const work = worker<typeof import("./barrier-work.ts")>(
  new URL("./barrier-work.ts", import.meta.url),
);

/** A rod of five parts is hot at one end. Its heat spreads, with a thread for each part. */
export async function barrier(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const parts = [0, 1, 2, 3, 4];
  const pool = new ThreadPool(reactor, { max: parts.length });
  try {
    const rod = new SharedArray("float64", [81, 0, 0, 0, 0]);
    const meeting = new Barrier(parts.length);
    const paper = inReactor({ print });
    await gatherResults(parts.map((part) => pool.call(work.spread, part, 3, rod, meeting, paper)));
    const heat = rod.toArray().reduce((sum, part) => sum + part);
    print(`the heat is still ${heat.toFixed(1)}`);
  } finally {
    pool.stop();
  }
}
