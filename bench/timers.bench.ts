/**
 * Timers beside Node's own, and virtual time beside fake-timers.
 *
 * A million timers at random delays, 90 % of them cancelled, the rest run: with all delays under a
 * second; and, as with real timeouts, with those that are cancelled anywhere up to 1000 seconds.
 * Then idle timeouts that are pushed back again and again, as a server does on every message. The
 * delays come from a seed.
 */
import { createReactor } from "skein/reactor";
import { createRequire } from "node:module";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const count = SMOKE ? 2_000 : 1_000_000;
const rounds = SMOKE ? 1 : 7;
const idle = SMOKE ? 500 : 100_000;
const pushBacks = SMOKE ? 5_000 : 1_000_000;

/** sinon's clock, from the package that sinon brings. */
interface FakeClock {
  setTimeout(action: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
  tick(ms: number): void;
}
const require = createRequire(createRequire(import.meta.url).resolve("sinon"));
const { createClock } = require("@sinonjs/fake-timers") as {
  createClock: (now: number, loopLimit: number) => FakeClock;
};

/** Whole milliseconds under `limit` for those that are cancelled, under 1000 for the rest. */
function randomDelays(limit: number): Float64Array {
  let state = 1;
  // mulberry32
  return Float64Array.from({ length: count }, (_, i) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % (isCancelled(i) ? limit : 1000);
  });
}

function isCancelled(i: number): boolean {
  return i % 10 !== 0;
}

const near = randomDelays(1000);
const far = randomDelays(1_000_000);

/** How many there were for a second of the processor's time: what is only waited for is no work. */
async function perSecond(n: number, work: () => unknown): Promise<number> {
  // What the one before left behind is not for this one to clean up.
  globalThis.gc?.();
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return n / ((user + system) / 1e6);
}

/** Makes timers, cancels most, has the rest run. */
function randomTimers<T>(
  delays: Float64Array,
  add: (ms: number, action: () => void) => T,
  cancel: (timer: T) => void,
  finish: (done: Promise<void>) => PromiseLike<unknown>,
): Promise<number> {
  return perSecond(count, async () => {
    let left = Math.ceil(count / 10);
    let done = (): void => {};
    const called = (): void => void (--left === 0 && done());
    const timers: T[] = [];
    for (let i = 0; i < count; i++) timers.push(add(delays[i] as number, called));
    for (let i = 0; i < count; i++) if (isCancelled(i)) cancel(timers[i] as T);
    await finish(
      new Promise<void>((resolve) => {
        done = resolve;
      }),
    );
    if (left > 0) throw new Error(`${left} timers did not run`);
  });
}

async function skeinRandom(delays: Float64Array): Promise<number> {
  const reactor = createReactor("libuv");
  const stopped = reactor.run();
  const rate = await randomTimers(
    delays,
    (ms, action) => reactor.callLater(ms / 1000, action),
    (call) => call.cancel(),
    (done) => done,
  );
  reactor.stop();
  await stopped;
  return rate;
}

function nodeRandom(delays: Float64Array): Promise<number> {
  return randomTimers(
    delays,
    (ms, action) => setTimeout(action, ms),
    (timer) => clearTimeout(timer),
    (done) => done,
  );
}

function clockRandom(delays: Float64Array): Promise<number> {
  const reactor = createReactor("clock");
  return randomTimers(
    delays,
    (ms, action) => reactor.callLater(ms / 1000, action),
    (call) => call.cancel(),
    () => reactor.advance(1),
  );
}

function fakeRandom(delays: Float64Array): Promise<number> {
  const clock = createClock(0, 1e7);
  return randomTimers(
    delays,
    (ms, action) => clock.setTimeout(action, ms),
    (id) => clock.clearTimeout(id),
    async () => clock.tick(1000),
  );
}

/** Pushes timeouts of two minutes back, one after another, round and round. */
function pushingBack<T>(timers: readonly T[], pushBack: (timer: T) => void): Promise<number> {
  return perSecond(pushBacks, () => {
    for (let i = 0; i < pushBacks; i++) pushBack(timers[i % idle] as T);
  });
}

async function pushBacksOn(backend: "libuv" | "clock"): Promise<number> {
  const reactor = createReactor(backend);
  const calls = Array.from({ length: idle }, () => reactor.callLater(120, () => {}));
  return pushingBack(calls, (call) => call.reset(120));
}

async function nodePushBacks(): Promise<number> {
  const timers = Array.from({ length: idle }, () => setTimeout(() => {}, 120_000));
  const rate = await pushingBack(timers, (timer) => timer.refresh());
  for (const timer of timers) clearTimeout(timer);
  return rate;
}

type Rate = () => Promise<number>;

const contests: [what: string, ours: Rate, peer: string, theirs: Rate][] = [
  ["timers up to 1 s", () => skeinRandom(near), "setTimeout", () => nodeRandom(near)],
  ["timeouts up to 1000 s", () => skeinRandom(far), "setTimeout", () => nodeRandom(far)],
  ["clock, up to 1 s", () => clockRandom(near), "fake-timers", () => fakeRandom(near)],
  ["push-backs on libuv", () => pushBacksOn("libuv"), "timer.refresh()", nodePushBacks],
  ["push-backs on clock", () => pushBacksOn("clock"), "timer.refresh()", nodePushBacks],
];

console.log("Timers: how many for the same CPU time, skein / peer, median of pairs (min–max)\n");
console.log("| ours | peer | ratio (higher is better) |");
console.log("|---|---|---|");
for (const [what, ours, peer, theirs] of contests) {
  console.log(`| ${what} | ${peer} | ${formatRatio(await compare(rounds, ours, theirs))} |`);
}
