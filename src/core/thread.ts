/**
 * Threads, as far as all of skein has to know of them: which one this is, whether it may sleep, and
 * which have ended.
 */

/** A thread, or a worker of the clock's, which is one in the eyes of the program. */
export interface Thread {
  /** Over 0, and that of no other thread of this process, ever. */
  readonly id: number;
  /** Whether it may sleep until another thread wakes it: one that has a loop to turn may not. */
  readonly maySleep: boolean;
}

/** Where the two copies of this module would find each other that a worker may load. */
const KEY = Symbol.for("skein.thread");

interface Place {
  /** The simulated worker that runs just now. */
  simulated: Thread | undefined;
  /** How many reactors run in this thread. */
  reactors: number;
  /** How many simulated workers there have been. */
  simulations: number;
  readonly ended: Set<(id: number) => void>;
}

const place: Place = ((globalThis as { [KEY]?: Place })[KEY] ??= {
  simulated: undefined,
  reactors: 0,
  simulations: 0,
  ended: new Set(),
});

interface Threads {
  readonly threadId: number;
  readonly isMainThread: boolean;
}

/** Node's module of threads, by no import: there are platforms without it. */
const { threadId, isMainThread }: Threads = threadsOfNode() ?? { threadId: 0, isMainThread: true };
const ID = idOf(threadId);

/** Simulated threads are counted from here. */
const SIMULATED = 1 << 30;

/** The thread that this is called in. */
export function currentThread(): Thread {
  return place.simulated ?? { id: ID, maySleep: !isMainThread && place.reactors === 0 };
}

/** The `id` of the thread that Node knows by this number. */
export function idOf(threadIdOfNode: number): number {
  return threadIdOfNode + 1;
}

/** For the clock: a thread of its own for a simulated worker. */
export function simulateThread(): Thread {
  return { id: SIMULATED + place.simulations++, maySleep: false };
}

/** For the clock: what is called by `action` believes to be in that thread, until it returns. */
export function inThread<R>(thread: Thread, action: () => R): R {
  const before = place.simulated;
  place.simulated = thread;
  try {
    return action();
  } finally {
    place.simulated = before;
  }
}

/** A reactor begins to run in this thread. */
export function reactorBegan(): void {
  place.reactors++;
}

/** It runs no longer. */
export function reactorEnded(): void {
  place.reactors--;
}

/**
 * A thread has ended, whatever it was about. Pools tell of their workers; whoever starts threads by
 * other means and shares locks with them tells of those, in the thread that has started them:
 *
 * ```ts
 * import { Worker } from "node:worker_threads";
 * import { threadEnded } from "skein/threading";
 *
 * const worker = new Worker("0", { eval: true });
 * const { threadId } = worker;
 * worker.on("exit", () => threadEnded(threadId));
 * ```
 *
 * @param threadIdOfNode its `threadId`, taken while it runs: Node forgets it then.
 */
export function threadEnded(threadIdOfNode: number): void {
  tellEnded(idOf(threadIdOfNode));
}

/** The same, by its `id`. */
export function tellEnded(id: number): void {
  for (const listener of place.ended) listener(id);
}

/** `listener` is told the `id` of each thread that ends, if it was started by this one. */
export function onThreadEnded(listener: (id: number) => void): void {
  place.ended.add(listener);
}

function threadsOfNode(): Threads | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "node:worker_threads"): Threads };
  };
  return process?.getBuiltinModule?.("node:worker_threads");
}
