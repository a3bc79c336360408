/**
 * Threads, as far as all of skein has to know of them: which one this is, whether it may sleep, and
 * which have ended.
 */

/** Where the two copies of this module would find each other that a worker may load. */
const KEY = Symbol.for("skein.thread");

interface Place {
  /** How many reactors run in this thread. */
  reactors: number;
  /** How many threads have been simulated. */
  simulated: number;
  readonly ended: Set<(id: number) => void>;
}

const place: Place = ((globalThis as { [KEY]?: Place })[KEY] ??= {
  reactors: 0,
  simulated: 0,
  ended: new Set(),
});

interface Threads {
  readonly threadId: number;
  readonly isMainThread: boolean;
}

/** Node's module of threads, by no import: there are platforms without it. */
const { threadId, isMainThread }: Threads = threadsOfNode() ?? { threadId: 0, isMainThread: true };

/** Names this thread: over 0, and no other thread of this process, ever. */
export const THREAD: number = idOf(threadId);

/** Those that are simulated are counted from here. */
const SIMULATED = 1 << 30;

/** Whether this thread may sleep until another wakes it: one that has a loop to turn may not. */
export function maySleep(): boolean {
  return !isMainThread && place.reactors === 0;
}

/** Names a thread that is simulated in this one. */
export function simulatedThread(): number {
  return SIMULATED + place.simulated++;
}

function idOf(threadIdOfNode: number): number {
  return threadIdOfNode + 1;
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
  ownerEnded(idOf(threadIdOfNode));
}

/** The same for what {@link THREAD} or {@link simulatedThread} has named. */
export function ownerEnded(id: number): void {
  for (const listener of place.ended) listener(id);
}

/** `listener` is told of each thread that ends, as {@link THREAD} names it, by who started it. */
export function onThreadEnded(listener: (id: number) => void): void {
  place.ended.add(listener);
}

function threadsOfNode(): Threads | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "node:worker_threads"): Threads };
  };
  return process?.getBuiltinModule?.("node:worker_threads");
}
