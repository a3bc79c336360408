import { expect } from "chai";
import { gatherResults } from "skein/defer";
import { CannotCrossError } from "skein/reactor";
import { Lock } from "skein/threading";
import { inReactor, ThreadPool } from "skein/threads";
import { everyPoolTest, failure, poolTest, tasks } from "../support/pools.ts";

describe("the initializer of a pool", () => {
  everyPoolTest(
    "is called before the first call of a worker, whatever that is",
    { max: 1, initializer: [tasks.prepare, "the table"] },
    async ({ pool }) => {
      const first = pool.call(tasks.preparedFor, 1);
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      expect(await first).to.equal("1: the table");
      expect(await pool.call(tasks.preparedFor, 2)).to.equal("2: ");
      expect(await pool.map(tasks.preparedFor, [3, 4])).to.deep.equal(["3: ", "4: "]);
    },
  );

  everyPoolTest(
    "fails the call that it fails for, and is called again",
    { max: 1, initializer: [tasks.prepareAtLast, 3] },
    async ({ pool }) => {
      for (const attempt of [1, 2]) {
        const error = await failure(pool.map(tasks.double, [1]));
        expect(String(error)).to.equal(`RangeError: attempt ${attempt}`);
      }
      expect(await pool.map(tasks.double, [1, 2])).to.deep.equal([2, 4]);
      expect(await pool.starmap(tasks.add, [[1, 2]])).to.deep.equal([3]);
    },
  );

  poolTest("is called once by each worker", {}, async ({ reactor }) => {
    const times = new Int32Array(new SharedArrayBuffer(4));
    const initializer = [tasks.countWorkers, times] as const;
    const pool = new ThreadPool(reactor, { max: 2, callsPerWorker: 2, initializer });
    for (let i = 0; i < 2; i++) {
      await gatherResults([pool.call(tasks.addLater, 1, 2), pool.call(tasks.addLater, 3, 4)]);
      expect(times[0]).to.equal(2);
    }
    await pool.call(tasks.addLater, 5, 6);
    expect(times[0]).to.equal(3);
    pool.stop();
  });

  poolTest("gets what threads share", {}, async ({ reactor }) => {
    const pool = new ThreadPool(reactor, { initializer: [tasks.prepare, "it", new Lock()] });
    expect(await pool.call(tasks.preparedFor, 1)).to.equal("1: it with a Lock");
    pool.stop();
    expect(() => new ThreadPool(reactor, { initializer: [tasks.prepare, inReactor({})] })).to.throw(
      CannotCrossError,
      "pass it with each call",
    );
  });
});
