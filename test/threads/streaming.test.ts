import { expect } from "chai";
import { CancelledError, TimeoutError } from "skein/defer";
import {
  BadOptionError,
  CannotCrossError,
  createReactor,
  type Reactor,
  WorkerDiedError,
} from "skein/reactor";
import { inReactor, PoolStoppedError, ThreadPool, worker } from "skein/threads";
import { everyPoolTest, failure, poolTest, tasks } from "../support/pools.ts";

const streams = worker<typeof import("../fixtures/workers/streams.ts")>(
  new URL("../fixtures/workers/streams.ts", import.meta.url),
);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

/** The items that come before the error, and it. */
async function upToError(items: AsyncIterable<unknown>): Promise<[unknown[], Error]> {
  const seen: unknown[] = [];
  const error = await failure(
    (async () => {
      for await (const item of items) seen.push(item);
    })(),
  );
  return [seen, error];
}

function log() {
  const notes: string[] = [];
  return { notes, there: inReactor({ note: (what: string) => void notes.push(what) }) };
}

describe("a stream of what a generator gives in a worker", () => {
  everyPoolTest("has all items, in order", { max: 1 }, async ({ pool }) => {
    const numbers = await all(pool.stream(streams.upTo, 1000));
    expect(numbers).to.deep.equal(Array.from({ length: 1000 }, (_, n) => n));
    const objects = await all(pool.streamWith({ window: 1 }, streams.upToLater, 5));
    expect(objects).to.deep.equal([0, 1, 2, 3, 4].map((n) => ({ n })));
    expect(await all(pool.stream(streams.upTo, 0))).to.deep.equal([]);
    expect(await all(pool.stream(streams.list))).to.deep.equal([1, 2, 3]);
    expect(pool.statistics()).to.include({ working: 0, queued: 0, lost: 0 });
  });

  everyPoolTest("is never further ahead than its window", { max: 1 }, async ({ pool, reactor }) => {
    for (const window of [1, 2, 7]) {
      const { notes, there } = log();
      let seen = 0;
      for await (const n of pool.streamWith({ window }, streams.noted, there, 40)) {
        expect(n).to.equal(seen++);
        if (seen % 10 === 0) {
          await new Promise((resolve) => {
            reactor.callLater(0.02, () => resolve(undefined));
          });
        }
        // One is made that waits for room.
        expect(notes.length).to.be.at.most(seen + window);
      }
      expect(seen).to.equal(40);
    }
  });

  everyPoolTest("ends the generator of who stops early", { max: 1 }, async ({ pool }) => {
    for (const give of [
      (there: ReturnType<typeof log>["there"]) => pool.stream(streams.noted, there, 1e9),
      (there: ReturnType<typeof log>["there"]) => pool.stream(streams.notedLater, there),
    ]) {
      const { notes, there } = log();
      let seen = 0;
      for await (const _ of give(there)) if (++seen === 20) break;
      // Its end has been waited for.
      expect(pool.statistics()).to.include({ working: 0, lost: 0 });
      expect(seen).to.equal(20);
      expect(notes.length).to.be.below(50);
    }
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  everyPoolTest("fails behind the items before", { max: 1 }, async ({ pool }) => {
    const [seen, error] = await upToError(pool.stream(streams.failAfter, 3));
    expect(seen).to.deep.equal([0, 1, 2]);
    expect(error).to.be.instanceOf(RangeError).and.include({ message: "no more" });
    const stream = pool.stream(streams.failAfter, 0);
    expect(await failure(stream.next())).to.be.instanceOf(RangeError);
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
  });

  everyPoolTest("refuses what gives no items", { max: 1 }, async ({ pool }) => {
    const error = await failure(pool.stream(streams.noGenerator).next());
    expect(error).to.be.instanceOf(BadOptionError);
    expect(error.message).to.include("noGenerator() gave nothing to iterate over");
    const [seen, cannot] = await upToError(pool.stream(streams.giveFunction));
    expect(seen).to.deep.equal([1]);
    expect(cannot).to.be.instanceOf(CannotCrossError);
    expect(cannot.message).to.match(/^item 2 of giveFunction\(\) .* its \.f is a function/);
    const missing = worker<typeof import("../fixtures/workers/streams.ts")>("file:///gone.mjs");
    expect(await failure(pool.stream(missing.list).next())).to.include({
      code: "ERR_MODULE_NOT_FOUND",
    });
    expect(await failure(pool.stream(streams.upTo, (() => {}) as never).next())).to.be.instanceOf(
      CannotCrossError,
    );
    expect(() => pool.streamWith({ window: 0 }, streams.list)).to.throw(BadOptionError);
  });

  for (const substrate of ["threads", "processes"] as const) {
    const only = ["libuv", "a simulated worker has no process of its own to end"] as const;
    poolTest(
      `fails when its worker dies, in ${substrate}`,
      { max: 1, only, substrate },
      async ({ pool }) => {
        const [seen, error] = await upToError(pool.stream(streams.exitAfter, 3));
        expect(seen).to.deep.equal([0, 1, 2]);
        expect(error).to.be.instanceOf(WorkerDiedError);
        expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      },
    );

    poolTest(
      `ends a worker that does not end when it is told, in ${substrate}`,
      { max: 1, only, substrate, cancelGraceSeconds: 0.05 },
      async ({ pool }) => {
        for (const f of [streams.stall, streams.stuck]) {
          const { notes, there } = log();
          for await (const n of pool.stream(f, there)) {
            expect(n).to.equal(1);
            while (notes.length === 0) await new Promise((resolve) => setImmediate(resolve));
            break;
          }
        }
        expect(pool.statistics()).to.include({ lost: 2 });
        expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      },
    );
  }

  everyPoolTest("has a deadline, and a signal", { max: 1 }, async ({ pool, reactor }) => {
    const late = pool.streamWith({ timeout: 0.5, window: 2 }, streams.noted, log().there, 1e9);
    const slowly = async function* () {
      for await (const n of late) {
        await new Promise((resolve) => {
          reactor.callLater(0.1, () => resolve(undefined));
        });
        yield n;
      }
    };
    const [, error] = await upToError(slowly());
    expect(error).to.be.instanceOf(TimeoutError);
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = pool.streamWith({ signal, window: 2 }, streams.noted, log().there, 1e9);
    await aborted.next();
    controller.abort();
    expect((await upToError(aborted))[1]).to.be.instanceOf(CancelledError);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  everyPoolTest("calls nothing before it is asked", { max: 1 }, async ({ pool }) => {
    const stream = pool.stream(streams.upTo, 3);
    expect(pool.statistics()).to.include({ workers: 0, working: 0 });
    expect(await stream.return()).to.deep.equal({ done: true, value: undefined });
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined });
    expect(pool.statistics()).to.include({ workers: 0, working: 0 });
  });

  everyPoolTest("answers all who ask at once", { max: 1 }, async ({ pool }) => {
    const stream = pool.stream(streams.upTo, 2);
    const results = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ done, value }) => (done === true ? "done" : value))).to.deep.equal([
      0,
      1,
      "done",
      "done",
    ]);
  });

  everyPoolTest("fails when its pool stops", { max: 1 }, async ({ pool }) => {
    const stream = pool.stream(streams.stall);
    await stream.next();
    pool.stop();
    expect(await failure(stream.next())).to.be.instanceOf(PoolStoppedError);
    expect(await stream.return()).to.deep.equal({ done: true, value: undefined });
    expect(await failure(pool.stream(streams.list).next())).to.be.instanceOf(PoolStoppedError);
  });

  it("tells what was sent before its time was up, though nothing comes after it", async () => {
    const reactor = createReactor("clock", { workers: () => ({ seconds: 5 }) });
    const pool = new ThreadPool(reactor);
    const next = pool.stream(streams.stall).next();
    const advanced = reactor.advance(10);
    expect(await next).to.deep.equal({ done: false, value: 1 });
    expect(reactor.seconds()).to.equal(5);
    pool.stop();
    await advanced;
  });

  it("passes virtual time as its consumer does", async () => {
    const reactor: Reactor<"threads" | "clock"> = createReactor("clock");
    const pool = new ThreadPool(reactor);
    const seen: [number, number][] = [];
    void (async () => {
      for await (const n of pool.streamWith({ window: 1 }, streams.upTo, 3)) {
        seen.push([n, reactor.seconds()]);
        await new Promise((resolve) => {
          reactor.callLater(1, () => resolve(undefined));
        });
      }
    })();
    await reactor.advance(10);
    pool.stop();
    expect(seen).to.deep.equal([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });
});
