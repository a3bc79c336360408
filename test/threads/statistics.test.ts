import { expect } from "chai";
import { poolTest, tasks } from "../support/pools.ts";

describe("a pool: statistics", () => {
  poolTest("workers are started as they are needed", { max: 3 }, async ({ pool }) => {
    const counts = (): number[] => {
      const { workers, working, queued } = pool.statistics();
      return [workers, working, queued];
    };
    expect(pool.statistics()).to.include({ workers: 0, working: 0, queued: 0 });
    const calls = [pool.call(tasks.nothing)];
    expect(pool.statistics()).to.include({ workers: 1, working: 1, queued: 0 });
    for (let i = 2; i <= 5; i++) calls.push(pool.call(tasks.nothing));
    expect(counts()).to.deep.equal([3, 3, 2]);
    await Promise.all(calls);
    expect(counts()).to.deep.equal([3, 0, 0]);
    await pool.call(tasks.nothing);
    expect(counts()).to.deep.equal([3, 0, 0]);
  });

  poolTest("one worker is enough for one call at a time", { max: 3 }, async ({ pool }) => {
    for (let i = 0; i < 5; i++) await pool.call(tasks.nothing);
    expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
  });

  poolTest("is a snapshot", {}, async ({ pool }) => {
    const before = pool.statistics();
    await pool.call(tasks.nothing);
    expect(before.workers).to.equal(0);
  });
});
