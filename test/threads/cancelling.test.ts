import { expect } from "chai";
import { once } from "node:events";
import { CancelledError } from "skein/defer";
import { failure, poolTest, tasks } from "../support/pools.ts";

describe("a pool: cancelling", () => {
  poolTest("a call that waits leaves at once", { max: 1, maxQueued: 2 }, async ({ pool }) => {
    const [first, second, third] = [1, 2, 3].map((n) => pool.call(tasks.add, n, 0));
    second?.cancel();
    expect(pool.statistics()).to.include({ workers: 1, working: 1, queued: 1 });
    expect(await failure(second as PromiseLike<number>)).to.be.instanceOf(CancelledError);
    expect(await Promise.all([first, third])).to.deep.equal([1, 3]);
  });

  poolTest("a call that waits is never begun", { max: 1 }, async ({ pool, backend }) => {
    const test = `cancelled on ${backend}`;
    const calls = [1, 2, 3].map((n) => pool.call(tasks.begin, test, n));
    calls[1]?.addErrback(() => {});
    calls[1]?.cancel();
    expect(await calls[2]).to.deep.equal([1, 3]);
  });

  poolTest(
    "a call in an endless loop ends with its worker, which is replaced",
    { max: 2, only: ["libuv", "the loop would be the reactor's own"] },
    async ({ pool }) => {
      const channel = new BroadcastChannel("cancelling.test");
      const spinning = pool.call(tasks.spin, channel.name);
      await once(channel as unknown as EventTarget, "message");
      channel.close();
      expect(await pool.call(tasks.add, 1, 2)).to.equal(3);
      spinning.cancel();
      expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
      expect(await failure(spinning)).to.be.instanceOf(CancelledError);
      const sums = [4, 5].map((n) => pool.call(tasks.add, n, 0));
      expect(await Promise.all(sums)).to.deep.equal([4, 5]);
      expect(pool.statistics()).to.include({ workers: 2, working: 0, queued: 0 });
    },
  );

  poolTest("a call that never answers takes no other with it", { max: 1 }, async ({ pool }) => {
    const never = pool.call(tasks.never);
    const sum = pool.call(tasks.add, 2, 3);
    expect(pool.statistics()).to.include({ workers: 1, working: 1, queued: 1 });
    never.cancel();
    expect(pool.statistics()).to.include({ workers: 1, working: 1, queued: 0 });
    expect(await failure(never)).to.be.instanceOf(CancelledError);
    expect(await sum).to.equal(5);
  });

  poolTest("one call's answer may cancel another call", { max: 2 }, async ({ pool }) => {
    const never = failure(
      pool
        .call(tasks.add, 2, 3)
        .addCallback(() => neverending.cancel())
        .addCallback(() => neverending),
    );
    const neverending = pool.call(tasks.never);
    expect(await never).to.be.instanceOf(CancelledError);
  });

  poolTest("a call that heeds its signal leaves no timer behind", {}, async (world) => {
    const { pool, reactor } = world;
    const call = pool.call(tasks.untilCancelled, "leaves no timer");
    const channel = new BroadcastChannel("leaves no timer");
    await once(channel as unknown as EventTarget, "message");
    channel.close();
    const before = reactor.getDelayedCalls().length;
    call.cancel();
    expect(reactor.getDelayedCalls()).to.have.length(before + 1);
    expect(await failure(call)).to.be.instanceOf(CancelledError);
    await pool.drain();
    expect(reactor.getDelayedCalls()).to.have.length(before);
    expect(pool.statistics()).to.include({ lost: 0, finished: 1 });
  });

  poolTest("a call that was answered stays answered", {}, async ({ pool }) => {
    const sum = pool.call(tasks.add, 2, 3);
    await sum;
    sum.cancel();
    expect(await sum).to.equal(5);
    expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
  });
});
