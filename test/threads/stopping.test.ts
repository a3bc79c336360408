import { expect } from "chai";
import { createReactor, type Reactor } from "skein/reactor";
import { deferToThread, getThreadPool, PoolStoppedError } from "skein/threads";
import { failure, poolTest, tasks } from "../support/pools.ts";

describe("a pool: stopping", () => {
  poolTest("fails what runs and what waits", { max: 1 }, async ({ pool }) => {
    const calls = [pool.call(tasks.never), pool.call(tasks.add, 2, 3), pool.call(tasks.nothing)];
    pool.stop();
    expect(pool.statistics()).to.include({ workers: 0, working: 0, queued: 0 });
    for (const error of await Promise.all(calls.map(failure))) {
      expect(error).to.be.instanceOf(PoolStoppedError);
    }
  });

  poolTest("fails what runs before what waits", { max: 2 }, async ({ pool }) => {
    const failed: number[] = [];
    for (let n = 0; n < 5; n++) pool.call(tasks.never).addErrback(() => void failed.push(n));
    pool.stop();
    expect(failed).to.deep.equal([0, 1, 2, 3, 4]);
  });

  poolTest("fails every call after it", {}, async ({ pool }) => {
    pool.stop();
    expect(await failure(pool.call(tasks.add, 2, 3))).to.be.instanceOf(PoolStoppedError);
    expect(pool.statistics().workers).to.equal(0);
  });

  poolTest("twice is once", {}, async ({ pool }) => {
    const call = pool.call(tasks.never);
    pool.stop();
    pool.stop();
    expect(await failure(call)).to.be.instanceOf(PoolStoppedError);
  });

  poolTest("leaves finished calls alone", {}, async ({ pool }) => {
    const call = pool.call(tasks.add, 2, 3);
    await call;
    pool.stop();
    expect(await call).to.equal(5);
  });

  for (const backend of ["libuv", "clock"] as const) {
    it(`a reactor that stops stops its own pool (${backend})`, async () => {
      const reactor: Reactor<"threads"> = createReactor(backend);
      const stopped = reactor.run();
      expect(await deferToThread(reactor, tasks.add, 2, 3)).to.equal(5);
      const pool = getThreadPool(reactor);
      const never = failure(deferToThread(reactor, tasks.never));
      reactor.stop();
      // A simulated call that never answers would keep virtual time waiting: the stop ends it.
      await stopped;
      expect(await never).to.be.instanceOf(PoolStoppedError);
      expect(pool.statistics().workers).to.equal(0);
      expect(await failure(pool.call(tasks.nothing))).to.be.instanceOf(PoolStoppedError);
    });

    it(`a reactor that runs again has a new pool (${backend})`, async () => {
      const reactor: Reactor<"threads"> = createReactor(backend);
      for (const n of [1, 2]) {
        const stopped = reactor.run();
        expect(await deferToThread(reactor, tasks.addLater, n, 0)).to.equal(n);
        reactor.stop();
        await stopped;
      }
    });
  }
});
