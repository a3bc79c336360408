/** Deferreds and coroutines beside native promises, bluebird and Twisted. */
import Bluebird from "bluebird";
import { Deferred, inlineCallbacks, succeed } from "skein/defer";
import { bytesOf } from "./deferred/memory.ts";
import { Twisted } from "./support/twisted.ts";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const count = SMOKE ? 2_000 : 200_000;
const rounds = SMOKE ? 1 : 9;
const long = SMOKE ? 10_000 : 1_000_000;
const noop = (): void => {};
const increment = (x: number): number => x + 1;

/** Runs `count` of something, and tells how many that is in a second. */
type Rate = () => Promise<number>;

function rateOf(run: () => unknown): Rate {
  return async () => {
    const started = performance.now();
    await run();
    return count / ((performance.now() - started) / 1000);
  };
}

// --- a chain of ten callbacks, made and fired ---

const deferredChain = rateOf(() => {
  for (let i = 0; i < count; i++) {
    const deferred = new Deferred<number>();
    for (let j = 0; j < 10; j++) deferred.addCallback(increment);
    deferred.callback(1);
  }
});

function promiseChain(Promised: PromiseConstructor | typeof Bluebird): Rate {
  return rateOf(async () => {
    for (let i = 1; i <= count; i++) {
      let fire: (value: number) => void = () => {};
      let promise: PromiseLike<number> = new Promised<number>((resolve) => {
        fire = resolve;
      });
      for (let j = 0; j < 10; j++) promise = promise.then(increment);
      fire(1);
      // Now and then, so that neither the waiting nor a heap of unfinished chains counts.
      if (i % 100 === 0) await promise;
    }
  });
}

// --- waiting for one result after another ---

const yieldFired = rateOf(
  inlineCallbacks(function* () {
    let total = 0;
    for (let i = 0; i < count; i++) total += (yield succeed(1)) as number;
    return total;
  }),
);

const yieldStarFired = rateOf(
  inlineCallbacks(function* () {
    let total = 0;
    for (let i = 0; i < count; i++) total += yield* succeed(1);
    return total;
  }),
);

const awaitResolved = rateOf(async () => {
  let total = 0;
  for (let i = 0; i < count; i++) total += await Promise.resolve(1);
  return total;
});

const yieldWaiting = rateOf(() => {
  let waiting = new Deferred<number>();
  const coroutine = inlineCallbacks(function* () {
    for (let i = 0; i < count; i++) yield (waiting = new Deferred<number>());
  });
  coroutine();
  for (let i = 0; i < count; i++) waiting.callback(1);
});

const awaitWaiting = rateOf(async () => {
  let fire: (value: number) => void = () => {};
  const coroutine = async (): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await new Promise<number>((resolve) => {
        fire = resolve;
      });
    }
  };
  const done = coroutine();
  for (let i = 0; i < count; i++) {
    fire(1);
    await Promise.resolve();
  }
  await done;
});

// --- the table ---

const twisted = Twisted.start(new URL("./deferred/rates.py", import.meta.url));
const theirs = (task: string): Rate | undefined =>
  twisted && (() => twisted.rate(task, Math.ceil(count / 20)));

const contests: [what: string, ours: Rate, peer: string, theirs: Rate | undefined][] = [
  ["chain of 10 callbacks", deferredChain, "native Promise", promiseChain(Promise)],
  ["chain of 10 callbacks", deferredChain, "bluebird", promiseChain(Bluebird)],
  ["chain of 10 callbacks", deferredChain, "Twisted", theirs("chain")],
  ["yield of a fired one", yieldFired, "await of a resolved one", awaitResolved],
  ["yield* of a fired one", yieldStarFired, "await of a resolved one", awaitResolved],
  ["yield of an unfired one", yieldWaiting, "await of an unresolved one", awaitWaiting],
  ["yield of a fired one", yieldFired, "Twisted", theirs("yield fired")],
  ["yield of an unfired one", yieldWaiting, "Twisted", theirs("yield waiting")],
];

console.log("Deferreds: how many in the same time, skein / peer, median of pairs (min–max)\n");
console.log("| ours | peer | ratio (higher is better) |");
console.log("|---|---|---|");
for (const [what, ours, peer, rate] of contests) {
  if (rate === undefined) continue;
  console.log(`| ${what} | ${peer} | ${formatRatio(await compare(rounds, ours, rate))} |`);
}
twisted?.stop();

// --- long chains ---

/** Seconds for a link of a chain of so many Deferreds, each of which waits for the next. */
async function deferredLink(links: number): Promise<number> {
  const started = performance.now();
  const innermost = new Deferred<number>();
  let outer = innermost;
  for (let i = 0; i < links; i++) {
    const inner = outer;
    outer = succeed(0).addCallback(() => inner);
  }
  innermost.callback(1);
  return (performance.now() - started) / 1000 / links;
}

async function promiseLink(links: number): Promise<number> {
  const started = performance.now();
  let fire: (value: number) => void = noop;
  let outer = new Promise<number>((resolve) => {
    fire = resolve;
  });
  for (let i = 0; i < links; i++) {
    const inner = outer;
    outer = Promise.resolve(0).then(() => inner);
  }
  fire(1);
  await outer;
  return (performance.now() - started) / 1000 / links;
}

/** How the time for a link grows from a chain of a tenth of the length. */
async function growth(secondsPerLink: (links: number) => Promise<number>): Promise<string> {
  const short = async (): Promise<number> => {
    let sum = 0;
    for (let i = 0; i < 10; i++) sum += await secondsPerLink(long / 10);
    return sum / 10;
  };
  return formatRatio(await compare(rounds, () => secondsPerLink(long), short));
}

console.log(`\n${long} in a chain, each waiting for the next:\n`);
console.log("| | ratio (lower is better) |\n|---|---|");
const besideNative = await compare(
  rounds,
  () => deferredLink(long),
  () => promiseLink(long),
);
console.log(`| time, Deferred / native Promise | ${formatRatio(besideNative)} |`);
console.log(
  `| time of a link / in a tenth of the chain, Deferred | ${await growth(deferredLink)} |`,
);
console.log(`| the same, native Promise | ${await growth(promiseLink)} |`);

// --- memory ---

const pending = SMOKE ? 2_000 : 200_000;
const held = {
  "a pending Deferred with a callback and an errback": bytesOf(pending, () =>
    new Deferred<number>().addCallbacks(increment, noop),
  ),
  "a pending native Promise with one then()": bytesOf(pending, () => {
    const promise = new Promise<number>(noop);
    void promise.then(increment, noop);
    return promise;
  }),
};
console.log("\nBytes of heap:\n\n| of | bytes |\n|---|---|");
for (const [what, bytes] of Object.entries(held)) console.log(`| ${what} | ${bytes} |`);
