/**
 * A spinner that turns while something takes three seconds: it is a process of its own, so that it
 * turns however busy this one is, and is ended when the job is, well or not.
 *
 * `npx tsx examples/spinner/run.ts`
 */
import { Process } from "skein/multiprocessing";
import type { Reactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { inReactor, worker } from "skein/threads";

const work = worker<typeof import("./spinner-work.ts")>(
  new URL("./spinner-work.ts", import.meta.url),
);

/** What takes its time, and ends with the answer. */
export type Job = (reactor: Reactor) => PromiseLike<number>;

const threeSeconds: Job = (reactor) => deferLater(reactor, 3, () => 42);

/**
 * Does a job beside a spinner.
 *
 * @param draw writes to the terminal.
 * @param substrate a process, or a thread.
 */
export async function supervise(
  reactor: Reactor<"threads">,
  draw: (text: string) => void,
  job: Job = threeSeconds,
  substrate: "processes" | "threads" = "processes",
): Promise<number> {
  const screen = inReactor({ draw });
  const spinner = new Process(reactor, work.spin, ["thinking!", screen], { substrate });
  spinner.start();
  try {
    return await job(reactor);
  } finally {
    spinner.terminate();
    await spinner.join();
    draw("\rComputation done\n");
  }
}
