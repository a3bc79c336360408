/** Pools of workers beside piscina, tinypool, workerpool, poolifier, comlink and Python's. */
import { cpus } from "node:os";
import { createReactor } from "skein/reactor";
import { ThreadPool, worker } from "skein/threads";
import { type Peer, startPeers } from "./pools/peers.ts";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";
import { Twisted } from "./support/twisted.ts";

const rounds = SMOKE ? 1 : 7;
const tiny = SMOKE ? 500 : 20_000;
const serial = SMOKE ? 20 : 1_000;
const spins = SMOKE ? 20 : 2_000;
const large = SMOKE ? 5 : 100;
const items = SMOKE ? 1_000 : 100_000;

const tasks = worker<{
  increment(n: number): number;
  spin(): void;
  length(bytes: Uint8Array): number;
}>(new URL("pools/tasks.mjs", import.meta.url));

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

/** How many a second, all made at once. */
async function rate(count: number, call: (n: number) => PromiseLike<unknown>): Promise<number> {
  return (
    count / (await seconds(() => Promise.all(Array.from({ length: count }, (_, n) => call(n)))))
  );
}

/** The median time of one call, with no other. */
async function latency(call: (n: number) => PromiseLike<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < serial; n++) {
    const started = performance.now();
    await call(n);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[serial >> 1] as number;
}

const reactor = createReactor("libuv");
const stopped = reactor.run();
for (const workers of [1, 2]) {
  const pool = new ThreadPool(reactor, { max: workers, min: workers, maxQueued: 100_000 });
  const ours: Omit<Peer, "name" | "stop"> = {
    increment: (n) => pool.call(tasks.increment, n),
    spin: () => pool.call(tasks.spin),
    length: (bytes) => pool.callWith({ transfer: [bytes.buffer] }, tasks.length, bytes),
  };
  const mebibyte = (): Uint8Array => new Uint8Array(1 << 20);
  const peers = await startPeers(workers);
  const who = workers === 1 ? "1 worker" : `${workers} workers`;
  for (const peer of peers) {
    const report = async (
      what: string,
      measure: (contestant: typeof ours) => Promise<number>,
    ): Promise<void> => {
      const ratio = await compare(
        rounds,
        () => measure(ours),
        () => measure(peer),
      );
      console.log(`${who}, ${what}, ours / ${peer.name}: ${formatRatio(ratio)}`);
    };
    await report(`${tiny} tiny tasks (rate)`, (c) => rate(tiny, (n) => c.increment(n)));
    await report("1 MiB moved (rate)", (c) => rate(large, () => c.length(mebibyte())));
    if (workers > 1) continue;
    await report("a call alone (time)", (c) => latency((n) => c.increment(n)));
  }
  // Not waited for: there are some that never have stopped.
  for (const peer of peers) peer.stop();

  if (workers <= cpus().length) {
    const ideal = spins / 1000 / workers;
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push((await seconds(() => rate(spins, () => ours.spin()))) / ideal);
    }
    times.sort((a, b) => a - b);
    console.log(
      `${who}, ${spins} tasks of 1 ms, time / ideal: ${(times[rounds >> 1] as number).toFixed(3)} ` +
        `(${times[0]?.toFixed(3)}–${times.at(-1)?.toFixed(3)})`,
    );
  }

  const python = Twisted.start(new URL("pools/map.py", import.meta.url));
  if (python !== undefined) {
    const numbers = Array.from({ length: items }, (_, n) => n);
    const ratio = await compare(
      rounds,
      async () => items / (await seconds(async () => pool.map(tasks.increment, numbers))),
      () => python.rate(String(workers), items),
    );
    console.log(`${who}, map over ${items} items, ours / multiprocessing: ${formatRatio(ratio)}`);
    python.stop();
  }
  pool.stop();
}
reactor.stop();
await stopped;
process.exit();
