import { expect } from "chai";
import { Deferred, onUnhandledFailure } from "skein/defer";
import { BadOptionError, createReactor, type Reactor } from "skein/reactor";
import {
  callInThread,
  callMultipleInThread,
  deferToThreadPool,
  getThreadPool,
  ThreadPool,
} from "skein/threads";
import { everyPoolTest, failure, poolTest, tasks } from "../support/pools.ts";

/** The errors that are reported, as nobody has handled them, while `f` does something. */
async function reported(f: () => Promise<void>): Promise<Error[]> {
  const errors: Error[] = [];
  const restore = onUnhandledFailure((failed) => void errors.push(failed.value as Error));
  try {
    await f();
    await new Promise((resolve) => setTimeout(resolve, 1));
  } finally {
    restore();
  }
  return errors;
}

describe("pools, by the names that Twisted has", () => {
  everyPoolTest("deferToThreadPool() uses the pool", { max: 1 }, async ({ pool, reactor }) => {
    expect(await deferToThreadPool(reactor, pool, tasks.add, 2, 3)).to.equal(5);
    expect(pool.statistics()).to.include({ finished: 1 });
  });

  everyPoolTest(
    "callInThreadWithCallback() tells how it has ended",
    { max: 1 },
    async ({ pool }) => {
      const ended = new Deferred<unknown[]>();
      const seen: unknown[] = [];
      pool.callInThreadWithCallback(
        (success, result) => seen.push(success, result),
        tasks.add,
        2,
        3,
      );
      await pool.call(tasks.add, 1, 1);
      pool.callInThreadWithCallback((...outcome) => {
        const [success, result] = outcome;
        if (!success) ended.callback([...seen, success, result.value]);
      }, tasks.fail);
      const [first, sum, second, error] = await ended;
      expect([first, sum, second]).to.deep.equal([true, 5, false]);
      expect(error).to.include({ name: "TaskError" });
    },
  );

  everyPoolTest("callMultiple() calls one after another", { max: 3 }, async ({ pool, backend }) => {
    const test = `multiple ${backend} ${pool.statistics().finished}`;
    await pool.callMultiple([
      [tasks.begin, test, 1],
      [tasks.addLater, 1, 1],
      [tasks.begin, test, 2],
    ]);
    expect(pool.statistics()).to.include({ workers: 1, finished: 1 });
    const error = await failure(pool.callMultiple([[tasks.fail], [tasks.begin, test, 3]]));
    expect(error).to.include({ name: "TaskError" });
    expect(await pool.call(tasks.begin, test, 4)).to.deep.equal([1, 2, 4]);
    // @ts-expect-error -- it takes numbers
    pool.callMultiple([[tasks.add, "a", "b"]]).addErrback(() => {});
  });

  for (const backend of ["libuv", "clock"] as const) {
    it(`callInThread() and callMultipleInThread() report errors (${backend})`, async () => {
      const reactor: Reactor<"threads"> = createReactor(backend);
      const errors = await reported(async () => {
        const stopped = reactor.run();
        callInThread(reactor, tasks.add, 2, 3);
        callInThread(reactor, tasks.failLater);
        callMultipleInThread(reactor, [[tasks.add, 1, 2], [tasks.fail]]);
        const pool = getThreadPool(reactor);
        while (pool.statistics().finished < 3) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        reactor.stop();
        await stopped;
      });
      expect(errors.map(({ name }) => name).sort()).to.deep.equal(["TaskError", "TypeError"]);
    });
  }

  poolTest("adjustPoolsize() starts workers, and ends them", {}, async ({ pool }) => {
    pool.adjustPoolsize(3, 5);
    expect(pool.statistics()).to.include({ workers: 3, working: 0 });
    pool.adjustPoolsize(0, 2);
    expect(pool.statistics()).to.include({ workers: 2 });
    const calls = [1, 2].map((n) => pool.call(tasks.addLater, n, 0));
    pool.adjustPoolsize(undefined, 1);
    expect(await Promise.all(calls)).to.deep.equal([1, 2]);
    await pool.call(tasks.nothing);
    expect(pool.statistics()).to.include({ workers: 1, lost: 0 });
    for (const [min, max] of [
      [2, 1],
      [-1, 1],
      [0, 0],
    ] as const) {
      expect(() => pool.adjustPoolsize(min, max)).to.throw(BadOptionError);
    }
    expect(pool.statistics()).to.include({ workers: 1 });
  });
});

describe("a pool: workers with nothing to do", () => {
  for (const substrate of ["threads", "processes"] as const) {
    it(`that die are told of, and replaced if they are too few, as ${substrate}`, async () => {
      const reactor: Reactor<"threads"> = createReactor("libuv");
      const stopped = reactor.run();
      const lost = new Deferred<Error>();
      const onWorkerLost = (error: Error): void => lost.callback(error);
      const pool = new ThreadPool(reactor, { min: 1, max: 1, substrate, onWorkerLost });
      await pool.call(tasks.dieLater);
      expect((await lost).name).to.equal("WorkerDiedError");
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      expect(pool.statistics()).to.include({ workers: 1, lost: 1 });
      pool.stop();
      reactor.stop();
      await stopped;
    });
  }

  it("that die are reported, if nobody is to be told", async () => {
    const errors = await reported(async () => {
      const reactor: Reactor<"threads"> = createReactor("libuv");
      const stopped = reactor.run();
      const pool = new ThreadPool(reactor, { max: 1 });
      await pool.call(tasks.dieLater);
      while (pool.statistics().lost === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      pool.stop();
      reactor.stop();
      await stopped;
    });
    expect(errors.map(({ message }) => message)).to.deep.equal(["a worker died: left behind"]);
  });

  it("keep no run on virtual time going", async () => {
    const reactor = createReactor("clock");
    const pool = new ThreadPool(reactor, { max: 2 });
    let ended = -1;
    reactor.callWhenRunning(() => {
      pool.call(tasks.add, 2, 3).addCallback(() => {
        ended = reactor.seconds();
      });
    });
    await reactor.run();
    expect(ended).to.equal(0);
    expect(reactor.seconds()).to.equal(0);
    expect(pool.statistics()).to.include({ workers: 1 });
    await reactor.advance(61);
    expect(pool.statistics()).to.include({ workers: 0 });
  });
});
