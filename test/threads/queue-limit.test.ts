import { expect } from "chai";
import { BadOptionError, createReactor, QueueFullError } from "skein/reactor";
import { ThreadPool } from "skein/threads";
import { failure, poolTest, tasks } from "../support/pools.ts";

describe("a pool: the limit of its queue", () => {
  poolTest("fails the call beyond it, and no other", { max: 1, maxQueued: 2 }, async ({ pool }) => {
    const good = [1, 2, 3].map((n) => pool.call(tasks.add, n, 0));
    const error = await failure(pool.call(tasks.add, 4, 0));
    expect(error).to.be.instanceOf(QueueFullError);
    expect(error.message).to.equal("the pool is full: 2 calls wait");
    expect(await Promise.all(good)).to.deep.equal([1, 2, 3]);
    expect(await pool.call(tasks.add, 5, 0)).to.equal(5);
  });

  poolTest("0 refuses what no worker is free for", { max: 1, maxQueued: 0 }, async ({ pool }) => {
    const first = pool.call(tasks.add, 1, 0);
    expect(await failure(pool.call(tasks.add, 2, 0))).to.be.instanceOf(QueueFullError);
    expect(await first).to.equal(1);
    expect(await pool.call(tasks.add, 3, 0)).to.equal(3);
  });

  for (const options of [
    { max: 0 },
    { max: 1.5 },
    { max: Infinity },
    { maxQueued: -1 },
    { maxQueued: NaN },
    { maxQueued: 0.5 },
  ]) {
    it(`refuses ${Object.entries(options).join()}`, () => {
      const reactor = createReactor("clock");
      expect(() => new ThreadPool(reactor, options)).to.throw(BadOptionError);
    });
  }
});

describe("a pool: options of calls", () => {
  for (const [options, said] of [
    [{ timeout: -1 }, "timeout must be 0 or more seconds, not -1"],
    [{ timeout: NaN }, "timeout must be 0 or more seconds, not NaN"],
    [{ priority: NaN }, "priority must not be NaN"],
  ] as const) {
    poolTest(`fail the call when they make no sense: ${said}`, {}, async ({ pool }) => {
      const error = await failure(pool.callWith(options, tasks.add, 1, 2));
      expect(error).to.be.instanceOf(BadOptionError);
      expect(error.message).to.equal(said);
      expect(pool.statistics()).to.include({ workers: 0, queued: 0 });
    });
  }

  poolTest("drain() with a time that is none leaves the pool open", {}, async ({ pool }) => {
    expect(() => pool.drain(NaN)).to.throw(BadOptionError);
    expect(await pool.call(tasks.add, 1, 2)).to.equal(3);
  });
});
