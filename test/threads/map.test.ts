import { expect } from "chai";
import { BadOptionError } from "skein/reactor";
import { PoolStoppedError, ThreadPool } from "skein/threads";
import { failure, poolTest, tasks } from "../support/pools.ts";

describe("a pool: map", () => {
  poolTest("gives the results in the order of the items", { max: 2 }, async ({ pool }) => {
    const items = Array.from({ length: 1000 }, (_, n) => n);
    expect(await pool.map(tasks.double, items)).to.deep.equal(items.map((n) => 2 * n));
    expect(pool.statistics().finished).to.equal(32);
  });

  poolTest("takes any iterable, and the size of a chunk", { max: 2 }, async ({ pool }) => {
    const items = new Set([1, 2, 3, 4, 5]);
    expect(await pool.map(tasks.double, items, { chunk: 2 })).to.deep.equal([2, 4, 6, 8, 10]);
    expect(pool.statistics().finished).to.equal(3);
  });

  poolTest("keeps numbers and other items as they are", { max: 1 }, async ({ pool }) => {
    const items = [-0, NaN, 2 ** 60, 0.1, "text", null, { n: 1 }, undefined];
    for (let count = 0; count <= items.length; count++) {
      const some = items.slice(0, count);
      expect(await pool.map(tasks.echo, some, { chunk: 4 })).to.deep.equal(some);
    }
  });

  poolTest("of nothing is nothing", {}, async ({ pool }) => {
    expect(await pool.map(tasks.double, [])).to.deep.equal([]);
  });

  poolTest("fails with the first error, and cancels the rest", { max: 1 }, async ({ pool }) => {
    const items = Array.from({ length: 100 }, (_, n) => n);
    const error = await failure(pool.map(tasks.failAt, items, { chunk: 5 }));
    expect(error).to.include({ name: "RangeError", message: "seven" });
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    expect(pool.statistics()).to.include({ queued: 0, working: 0 });
  });

  poolTest("has its chunks wait for room in the queue", { max: 2 }, async ({ reactor }) => {
    const items = Array.from({ length: 200 }, (_, n) => n);
    for (const maxQueued of [0, 1, 5]) {
      const pool = new ThreadPool(reactor, { max: 2, maxQueued });
      const doubled = pool.map(tasks.double, items, { chunk: 1 });
      expect(pool.statistics().queued).to.be.at.most(maxQueued);
      expect(await doubled).to.deep.equal(items.map((n) => 2 * n));
      pool.stop();
    }
  });

  poolTest("leaves room in the queue for others", { max: 1 }, async ({ pool }) => {
    const items = Array.from({ length: 20_000 }, (_, n) => n);
    const mapped = pool.map(tasks.double, items, { chunk: 1 });
    expect(pool.statistics().queued).to.be.at.most(16);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    mapped.addErrback(() => {});
    mapped.cancel();
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    expect(pool.statistics()).to.include({ queued: 0, working: 0 });
  });

  poolTest("is ended by a pool that drains, and not begun by it", { max: 1 }, async ({ pool }) => {
    const items = Array.from({ length: 100 }, (_, n) => n);
    const mapped = pool.map(tasks.double, items, { chunk: 1 });
    const drained = pool.drain();
    expect(await failure(pool.map(tasks.double, [1]))).to.be.instanceOf(PoolStoppedError);
    expect(await mapped).to.deep.equal(items.map((n) => 2 * n));
    await drained;
  });

  poolTest("fails when its pool stops", { max: 1 }, async ({ pool }) => {
    const items = Array.from({ length: 100 }, (_, n) => n);
    const mapped = failure(pool.map(tasks.double, items, { chunk: 1 }));
    pool.stop();
    expect(await mapped).to.be.instanceOf(PoolStoppedError);
  });

  poolTest("refuses a chunk of nothing", {}, async ({ pool }) => {
    const error = await failure(pool.map(tasks.double, [1], { chunk: 0 }));
    expect(error).to.be.instanceOf(BadOptionError);
  });
});
