/**
 * Active object: an object that lives in a thread of its own. Its methods are called from anywhere,
 * give Deferreds, and run there one after another, so that it needs no lock.
 */
import { type Deferred, gatherResults } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { ThreadPool, worker } from "skein/threads";

const work = worker<typeof import("./active-object-work.ts")>(
  new URL("./active-object-work.ts", import.meta.url),
);

/** A till. A pool of one thread is all that it takes: a queue of calls, and who works it off. */
export class Till {
  // The thread is never idle for too long, as its end would be the till's.
  readonly #thread: ThreadPool;

  constructor(reactor: Reactor<"threads">) {
    this.#thread = new ThreadPool(reactor, { min: 1, max: 1, idleSeconds: Infinity });
  }

  /** Opens it with so much in it. */
  open(sum: number): Deferred<void> {
    return this.#thread.call(work.open, sum);
  }

  /** Puts in a sum, or takes one out; fires with what is in it then. Fails when there is not enough. */
  put(sum: number): Deferred<number> {
    return this.#thread.call(work.put, sum);
  }

  /** Ends its thread, when all is done that was asked of it. */
  close(): Deferred<void> {
    return this.#thread.drain();
  }
}

export async function activeObject(
  reactor: Reactor<"threads">,
  print: (line: string) => void,
): Promise<void> {
  const till = new Till(reactor);
  try {
    void till.open(10);
    const sums = [5, -12, 20].map((sum) => till.put(sum)); // nobody waits in between
    for (const sum of await gatherResults(sums)) print(`in the till: ${sum}`);
    await till.put(-100).addErrback((failure) => print(failure.message));
  } finally {
    await till.close();
  }
}
