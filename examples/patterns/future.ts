/**
 * Future: a result that is not there yet. Each call of a pool gives one at once, a Deferred: go on
 * with something else, and wait for it when it is needed; or give it up.
 */
import { CancelledError, gatherResults } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { ThreadPool, worker } from "skein/threads";

const work = worker<typeof import("./future-work.ts")>(
  new URL("./future-work.ts", import.meta.url),
);

export async function future(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const pool = new ThreadPool(reactor, { max: 2 });
  try {
    const bill = pool.call(work.price, ["tea", "scone"]);
    print("the bill is being made");
    print(`the bill: ${await bill}`);

    // Several, in the order of the calls, whichever is ready first.
    const both = await gatherResults([work.price, work.price].map((f) => pool.call(f, ["tea"])));
    print(`two more: ${both.join(" and ")}`);

    // What fails in the thread fails here, when its result is asked for.
    await pool.call(work.price, ["whisky"]).addErrback((failure) => print(failure.message));

    // What is needed no longer is cancelled: its thread is ended, and replaced.
    const endless = pool.call(work.ponder);
    endless.cancel();
    await endless.addErrback((failure) => {
      failure.trap(CancelledError);
      print("never mind");
    });
  } finally {
    pool.stop();
  }
}
