import { expect } from "chai";
import { TimeoutError } from "skein/defer";
import { BadOptionError, createReactor } from "skein/reactor";
import { Barrier, BrokenBarrierError, Condition, Event, Lock, RLock } from "skein/threading";
import { afterMicrotasks, errorOf, failedWith, watch } from "../support/outcomes.ts";
import { failure, poolTest } from "../support/pools.ts";
import { sharing } from "../support/threading.ts";

describe("events, conditions and barriers of threads", () => {
  it("an event is waited for until it is set", async () => {
    const event = new Event();
    const waiting = watch(event.wait());
    event.set();
    event.set();
    expect(event.isSet).to.equal(true);
    expect(waiting).to.deep.equal([]);
    await afterMicrotasks();
    expect(waiting).to.deep.equal([undefined]);
    event.waitSync();
    event.clear();
    expect(() => event.waitSync()).to.throw("use wait()");
  });

  it("conditions are used by the holder of the lock", () => {
    const condition = new Condition();
    for (const use of ["wait", "notify", "notifyAll"] as const) {
      expect(() => condition[use]())
        .to.throw()
        .with.property("code", "ERR_NOT_ACQUIRED");
    }
  });

  it("a condition notifies a number, and a wrong one changes nothing", async () => {
    const condition = new Condition();
    const woken = watch(condition.run(() => condition.wait()));
    for (const count of [NaN, -1, 0.5]) {
      await condition.run(() => {
        expect(() => condition.notify(count)).to.throw(BadOptionError, String(count));
      });
    }
    await condition.run(() => condition.notify(0));
    await afterMicrotasks();
    expect(woken).to.deep.equal([]);
    await condition.run(() => condition.notify());
    await afterMicrotasks();
    expect(woken).to.deep.equal([undefined]);
  });

  it("a condition gives up its lock while it is waited for, and has it again", async () => {
    for (const lock of [new Lock(), new RLock()]) {
      const condition = new Condition(lock);
      condition.acquireSync();
      if (lock instanceof RLock) condition.acquireSync();
      const waiting = watch(condition.wait());
      expect(lock.locked).to.equal(false);
      await condition.run(() => condition.notify());
      await afterMicrotasks();
      expect(waiting).to.deep.equal([undefined]);
      expect(lock.locked).to.equal(true);
      lock.release();
      expect(lock.locked).to.equal(lock instanceof RLock);
    }
  });

  it("a notification goes to one, in order, and to nobody who comes later", async () => {
    const condition = new Condition();
    const order: number[] = [];
    const wait = (n: number): unknown =>
      condition.run(() => condition.wait().addCallback(() => void order.push(n)));
    wait(1);
    wait(2);
    await condition.run(() => condition.notify());
    wait(3);
    await afterMicrotasks();
    expect(order).to.deep.equal([1]);
    await condition.run(() => condition.notifyAll());
    await afterMicrotasks();
    expect(order).to.deep.equal([1, 2, 3]);
    await condition.run(() => condition.notify(5));
    wait(4);
    await afterMicrotasks();
    expect(order).to.deep.equal([1, 2, 3]);
  });

  it("one who gives up leaves notifications to others, and has the lock again", async () => {
    const condition = new Condition();
    condition.acquireSync();
    const first = condition.wait();
    condition.acquireSync();
    const second = watch(condition.wait());
    condition.acquireSync();
    const outcome = watch(first);
    first.cancel();
    await afterMicrotasks();
    expect(outcome).to.deep.equal([]);
    condition.notify();
    condition.release();
    await afterMicrotasks();
    expect(failedWith(outcome)).to.have.property("name", "CancelledError");
    condition.release();
    await afterMicrotasks();
    expect(second).to.deep.equal([undefined]);
  });

  it("time is up on virtual time, for a condition too", async () => {
    const reactor = createReactor("clock");
    const condition = new Condition();
    const waiting = condition.run(() => condition.wait().addTimeout(5, reactor));
    const late = failure(waiting);
    await reactor.advance(5);
    expect(await late).to.be.instanceOf(TimeoutError);
    expect(condition.lock.locked).to.equal(false);
    expect(() => condition.runSync(() => condition.waitSync())).to.throw("use wait()");
    expect(() => condition.runSync(() => condition.waitForSync(() => 0))).to.throw("use waitFor()");
    expect(condition.runSync(() => condition.waitForSync(() => 7))).to.equal(7);
    expect(condition.lock.locked).to.equal(false);
  });

  it("what a predicate throws is told", () => {
    const oh = new Error("oh");
    const condition = new Condition();
    const fail = (): never => {
      throw oh;
    };
    expect(errorOf(condition.run(() => condition.waitFor(fail)))).to.equal(oh);
    expect(condition.lock.locked).to.equal(false);
  });

  it("a barrier lets all go on at once, each with a place", async () => {
    let met = 0;
    const barrier = new Barrier(3, { action: () => met++ });
    for (const times of [1, 2]) {
      const places = [barrier.wait(), barrier.wait()];
      expect(barrier.nWaiting).to.equal(2);
      expect(await Promise.all([...places, barrier.wait()])).to.deep.equal([0, 1, 2]);
      expect(met).to.equal(times);
      expect(barrier.nWaiting).to.equal(0);
    }
  });

  it("a barrier is broken by one who gives up, and as new when it is reset", async () => {
    const barrier = new Barrier(3);
    const other = failure(barrier.wait());
    const first = barrier.wait();
    const outcome = watch(first);
    first.cancel();
    expect(failedWith(outcome)).to.have.property("name", "CancelledError");
    expect(await other).to.be.instanceOf(BrokenBarrierError);
    expect(barrier).to.include({ broken: true, nWaiting: 0 });
    expect(errorOf(barrier.wait())).to.be.instanceOf(BrokenBarrierError);
    barrier.reset();
    expect(barrier.broken).to.equal(false);
    const [a, b] = [failure(barrier.wait()), failure(barrier.wait())];
    barrier.reset();
    expect(await a).to.be.instanceOf(BrokenBarrierError);
    expect(await b).to.be.instanceOf(BrokenBarrierError);
    const aborted = failure(barrier.wait());
    barrier.abort();
    expect(await aborted).to.be.instanceOf(BrokenBarrierError);
  });

  it("a barrier that was passed and reset is not broken for those who look late", async () => {
    const barrier = new Barrier(2);
    const early = barrier.wait();
    barrier.wait();
    barrier.reset();
    barrier.reset();
    expect(await early).to.equal(0);
  });

  it("the error of an action is its caller's, and breaks the barrier", async () => {
    const oh = new Error("oh");
    for (const action of [
      () => {
        throw oh;
      },
      () => Promise.reject(oh),
    ]) {
      const barrier = new Barrier(2, { action });
      const other = failure(barrier.wait());
      expect(await failure(barrier.wait())).to.equal(oh);
      expect(await other).to.be.instanceOf(BrokenBarrierError);
    }
  });

  it("a barrier does not block the reactor's thread, unless all others are there", () => {
    const barrier = new Barrier(2);
    expect(() => barrier.waitSync()).to.throw("use wait()");
    expect(barrier.nWaiting).to.equal(0);
    barrier.wait();
    expect(barrier.waitSync()).to.equal(1);
    const later = new Barrier(1, { action: () => Promise.resolve() });
    expect(() => later.waitSync()).to.throw("returned a promise");
    const named = new Barrier(1, { action: sharing.merge });
    expect(() => named.waitSync()).to.throw("is not loaded");
    for (const parties of [0, 1.5, 32_768]) {
      expect(() => new Barrier(parties))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
    }
  });

  poolTest("an action crosses by its name", { max: 1 }, async ({ pool }) => {
    const plain = new Barrier(2, { action: () => {} });
    const error = await failure(pool.call(sharing.meet, plain, 1));
    expect(error).to.have.property("code", "ERR_CANNOT_CROSS");
    expect(error.message).to.include("name the function by worker()");
    const named = new Barrier(2, { action: sharing.merge });
    const before = await pool.call(sharing.mergedHere);
    const there = pool.call(sharing.meet, named, 1);
    // It comes last, and acts: there, or here where the worker is simulated.
    while (named.nWaiting === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await named.wait()).to.equal(1);
    expect(await there).to.deep.equal([0]);
    const failing = new Barrier(1, { action: sharing.failing });
    const failed = await failure(pool.call(sharing.meet, failing, 1));
    expect(failed).to.be.instanceOf(RangeError);
    expect(failing.broken).to.equal(true);
    const alone = new Barrier(1, { action: sharing.merge });
    await pool.call(sharing.meet, alone, 1);
    expect(await pool.call(sharing.mergedHere)).to.be.greaterThan(before);
  });
});
