/** Locks and queues of threads beside those of Python: threading, queue, multiprocessing. */
import { createReactor } from "skein/reactor";
import { Lock, Queue } from "skein/threading";
import { ThreadPool, worker } from "skein/threads";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";
import { Twisted } from "./support/twisted.ts";

const rounds = SMOKE ? 1 : 7;
const acquired = SMOKE ? 1_000 : 1_000_000;
const items = SMOKE ? 500 : 50_000;

interface Job {
  readonly number: number;
  readonly text: string;
}

const tasks = worker<{
  lockRate(lock: Lock, times: number): number;
  put(queue: Queue<Job>, count: number): void;
  take(queue: Queue<Job>, count: number): void;
}>(new URL("threading/tasks.mjs", import.meta.url));

async function rate(count: number, run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (count / (performance.now() - started)) * 1000;
}

const reactor = createReactor("libuv");
const stopped = reactor.run();
const pool = new ThreadPool(reactor, { max: 2, min: 2 });
const lock = new Lock();

const lockRate = (): Promise<number> => pool.call(tasks.lockRate, lock, acquired).then(Number);

/** From one worker to another. */
const betweenWorkers = (): Promise<number> =>
  rate(items, () => {
    const queue = new Queue<Job>({ maxSize: 1000 });
    return Promise.all([pool.call(tasks.take, queue, items), pool.call(tasks.put, queue, items)]);
  });

/** From a worker to the reactor's thread, by Deferreds. */
const toReactor = (): Promise<number> =>
  rate(items, async () => {
    const queue = new Queue<Job>({ maxSize: 1000 });
    const putting = pool.call(tasks.put, queue, items);
    for (let i = 0; i < items; i++) await queue.get();
    await putting;
  });

const python = Twisted.start(new URL("threading/rates.py", import.meta.url));
const theirs = (task: string, count: number) => (): Promise<number> =>
  python === undefined ? Promise.resolve(Number.NaN) : python.rate(task, count);

const report = async (
  what: string,
  peer: string,
  ours: () => Promise<number>,
  its: () => Promise<number>,
): Promise<void> => {
  console.log(`${what}, ours / ${peer}: ${formatRatio(await compare(rounds, ours, its))}`);
};
await report("a free lock in a worker", "threading.Lock", lockRate, theirs("lock", acquired));
await report("items between workers", "queue.Queue", betweenWorkers, theirs("queue", items));
const processes = theirs("multiprocessing", items);
await report("items between workers", "multiprocessing.Queue", betweenWorkers, processes);
await report("items to the reactor", "multiprocessing.Queue", toReactor, processes);
const perSecond = async (f: () => Promise<number>): Promise<string> => (await f()).toFixed(0);
console.log(
  `here, a second: ${await perSecond(lockRate)} locks, ${await perSecond(betweenWorkers)}` +
    ` items between workers, ${await perSecond(toReactor)} to the reactor`,
);

python?.stop();
pool.stop();
reactor.stop();
await stopped;
process.exit();
