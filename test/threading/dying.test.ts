import { expect } from "chai";
import { AbandonedLockError, Barrier, BrokenBarrierError, Event, Lock } from "skein/threading";
import { LifoQueue, PriorityQueue, Queue, RLock, type SharedQueue } from "skein/threading";
import { WorkerDiedError } from "skein/reactor";
import { failure, poolTest } from "../support/pools.ts";
import { sharing } from "../support/threading.ts";

const only = ["libuv", "simulated workers run in the reactor's thread"] as const;

describe("a thread that ends", () => {
  for (const lock of [new Lock(), new RLock()]) {
    const { name } = lock.constructor;
    poolTest(`leaves a ${name} abandoned, for all who wait`, { max: 3, only }, async ({ pool }) => {
      const held = new Event();
      const holder = pool.call(sharing.holdSync, lock, held);
      const cancelled = failure(holder);
      await held.wait();
      const waiting = [failure(lock.acquire()), failure(pool.call(sharing.lockSync, lock))];
      await new Promise((resolve) => setTimeout(resolve, 100));
      holder.cancel();
      const [here, there] = await Promise.all(waiting);
      expect(here).to.be.instanceOf(AbandonedLockError);
      expect(there).to.include({ name: "AbandonedLockError", code: "ERR_LOCK_ABANDONED" });
      expect(() => lock.tryAcquire()).to.throw(AbandonedLockError);
      expect(() => lock.release()).to.throw(AbandonedLockError);
      expect((await cancelled).name).to.equal("CancelledError");
      lock.reclaim();
      expect(await pool.call(sharing.lockSync, lock)).to.equal(true);
      expect(lock.tryAcquire()).to.equal(true);
      lock.reclaim();
      expect(lock.locked).to.equal(true);
    });
  }

  poolTest("by its own process.exit() does, too", { max: 1, only }, async ({ pool }) => {
    const lock = new Lock();
    const error = await failure(pool.call(sharing.dieHolding, lock));
    expect(error).to.be.instanceOf(WorkerDiedError);
    expect(lock.abandoned).to.equal(true);
  });

  poolTest("breaks the barrier that it has come to", { max: 1, only }, async ({ pool }) => {
    const barrier = new Barrier(2);
    const here = new Event();
    const meeting = failure(pool.call(sharing.dieInMeeting, barrier, here));
    await here.wait();
    expect(await meeting).to.be.instanceOf(WorkerDiedError);
    expect(barrier.broken).to.equal(true);
    expect(await failure(barrier.wait())).to.be.instanceOf(BrokenBarrierError);
    barrier.reset();
    expect(barrier.nWaiting).to.equal(0);
  });

  for (const Kind of [Queue, LifoQueue, PriorityQueue]) {
    const title = `leaves a ${Kind.name} in order, wherever it is ended`;
    poolTest(
      title,
      { max: 3, only },
      async ({ pool }) => {
        const queue = new (Kind as new (options: object) => SharedQueue<unknown, [number?]>)({
          bytes: 4000,
        });
        const begun = new Event();
        pool.call(sharing.rummageSync, queue, begun).addErrback(() => {});
        for (let i = 0; i < 4; i++) {
          const mine = new Event();
          const doomed = pool.call(sharing.rummageSync, queue, mine);
          const ended = failure(doomed);
          await mine.wait();
          await new Promise((resolve) => setTimeout(resolve, i));
          doomed.cancel();
          await ended;
          // The others, and this thread, go on.
          await queue.get();
        }
        queue.shutdown(true);
        expect(queue.qsize).to.equal(0);
      },
      60_000,
    );
  }
});
