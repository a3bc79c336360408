import { expect } from "chai";
import { CannotCrossError } from "skein/reactor";
import { TimeoutError } from "skein/defer";
import { BoundedSemaphore, Lock, RLock, Semaphore, WouldBlockError } from "skein/threading";
import { errorOf, failedWith, watch } from "../support/outcomes.ts";
import { failure, poolTest, tasks } from "../support/pools.ts";
import { sharing } from "../support/threading.ts";

const kinds = { Lock, RLock, Semaphore, BoundedSemaphore };

describe("locks and semaphores of threads", () => {
  for (const [name, Kind] of Object.entries(kinds)) {
    describe(name, () => {
      it("is had at once when it is free, and given back", () => {
        const lock = new Kind();
        expect(watch(lock.acquire())).to.deep.equal([undefined]);
        lock.release();
        lock.acquireSync();
        lock.release();
        expect(lock.tryAcquire()).to.equal(true);
      });

      it("is not released more often than acquired", function () {
        if (Kind === Semaphore) this.skip();
        const lock = new Kind();
        expect(() => lock.release())
          .to.throw()
          .with.property("code", "ERR_NOT_ACQUIRED");
        lock.runSync(() => {});
        expect(() => lock.release())
          .to.throw()
          .with.property("code", "ERR_NOT_ACQUIRED");
      });

      it("runs a function, and is released when that is done, or fails", async () => {
        const lock = new Kind();
        expect(await lock.run((n: number) => Promise.resolve(n + 1), 1)).to.equal(2);
        expect(lock.runSync((n: number) => n + 1, 1)).to.equal(2);
        const oh = new Error("oh");
        const fail = (): never => {
          throw oh;
        };
        expect(errorOf(lock.run(fail))).to.equal(oh);
        expect(() => lock.runSync(fail)).to.throw(oh);
        expect(() => lock.runSync(() => Promise.resolve())).to.throw(TypeError, "use run()");
        const given = { then: 1 };
        expect(lock.runSync(() => given)).to.equal(given);
        expect(lock.tryAcquire()).to.equal(true);
      });
    });
  }

  for (const [name, Kind] of Object.entries({ Lock, Semaphore, BoundedSemaphore })) {
    describe(name, () => {
      it("is had by those who wait, in order, in a later turn", async () => {
        const lock = new Kind();
        lock.acquireSync();
        const order: number[] = [];
        for (const n of [1, 2, 3]) void lock.run(() => order.push(n));
        lock.release();
        expect(order).to.deep.equal([]);
        await lock.run(() => order.push(4));
        expect(order).to.deep.equal([1, 2, 3, 4]);
      });

      it("is not lost with one who gives up", async () => {
        const lock = new Kind();
        lock.acquireSync();
        const first = lock.acquire();
        const second = lock.acquire();
        const outcome = watch(first);
        lock.release();
        first.cancel();
        expect(failedWith(outcome)).to.have.property("name", "CancelledError");
        await second;
        expect(lock.tryAcquire()).to.equal(false);
      });

      it("never blocks the reactor's thread, and says what does not", () => {
        const lock = new Kind();
        lock.acquireSync();
        expect(() => lock.acquireSync()).to.throw(WouldBlockError, "use acquire()");
        expect(() => lock.acquireSync(5)).to.throw(WouldBlockError);
        expect(() => lock.acquireSync(0)).to.throw(TimeoutError);
        expect(() => lock.acquireSync(-1)).to.throw("0 or more seconds, not -1");
        expect(() => lock.acquireSync(Number.NaN)).to.throw("0 or more seconds, not NaN");
      });

      poolTest("is waited for until time is up", { max: 1 }, async ({ reactor }) => {
        const lock = new Kind();
        lock.acquireSync();
        const error = await failure(lock.acquire().addTimeout(0.01, reactor));
        expect(error).to.be.instanceOf(TimeoutError);
        lock.release();
        expect(lock.tryAcquire()).to.equal(true);
      });
    });
  }

  it("an RLock is acquired by its thread again and again", () => {
    const lock = new RLock();
    lock.acquireSync();
    expect(lock.tryAcquire()).to.equal(true);
    expect(watch(lock.acquire())).to.deep.equal([undefined]);
    for (const held of [true, true, false]) {
      lock.release();
      expect(lock.locked).to.equal(held);
    }
  });

  poolTest("an RLock keeps out other threads", { max: 1 }, async ({ pool }) => {
    const lock = new RLock();
    lock.acquireSync();
    expect(await pool.call(sharing.what, lock)).to.deep.equal(["RLock", true]);
    expect(await pool.call(sharing.tryAcquire, lock)).to.equal(false);
    lock.release();
    expect(await pool.call(sharing.tryAcquire, lock)).to.equal(true);
    expect(() => lock.release()).to.throw("or by another thread");
  });

  poolTest("a lock comes back as a result, and is released by anybody", { max: 1 }, async (w) => {
    const lock = new Lock();
    const same = await w.pool.call(sharing.give, lock);
    expect(lock.locked).to.equal(true);
    same.release();
    expect(lock.locked).to.equal(false);
  });

  poolTest("a lock inside of another argument is refused", { max: 1 }, async ({ pool }) => {
    const error = await failure(pool.call(tasks.echo, { lock: new Lock() }));
    expect(error).to.be.instanceOf(CannotCrossError);
    expect(error.message).to.include("its .lock is a Lock; pass it as an argument of its own");
  });

  it("a semaphore counts, and is bounded if it is to be", () => {
    const seats = new Semaphore(0);
    expect(seats.tryAcquire()).to.equal(false);
    seats.release(3);
    expect(seats.value).to.equal(3);
    const bounded = new BoundedSemaphore(2);
    bounded.acquireSync();
    expect(() => bounded.release(2)).to.throw("was released more often");
    bounded.release();
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 31]) {
      expect(() => new Semaphore(wrong))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
      expect(() => new BoundedSemaphore(wrong))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
    }
    expect(() => seats.release(0))
      .to.throw()
      .with.property("code", "ERR_BAD_OPTION");
  });
});
