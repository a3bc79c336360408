import { expect } from "chai";
import { BadOptionError } from "skein/reactor";
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

  poolTest("refuses a chunk of nothing", {}, async ({ pool }) => {
    const error = await failure(pool.map(tasks.double, [1], { chunk: 0 }));
    expect(error).to.be.instanceOf(BadOptionError);
  });
});
