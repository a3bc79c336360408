import { expect } from "chai";
import {
  CancelledError,
  Deferred,
  DeferredLock,
  fail,
  NotAcquiredError,
  succeed,
} from "skein/defer";
import { errorOf, raise, watch } from "../support/outcomes.ts";

const MANY = 100_000;

describe("DeferredLock", () => {
  it("is acquired at once when it is free, and fires with itself", () => {
    const lock = new DeferredLock();
    expect([lock.locked, lock.limit, lock.tokens]).to.deep.equal([false, 1, 1]);
    expect(watch(lock.acquire())).to.deep.equal([lock]);
    expect([lock.locked, lock.limit, lock.tokens]).to.deep.equal([true, 1, 0]);
    lock.release();
    expect(lock.locked).to.equal(false);
  });

  it("serves those who wait in the order in which they came, one for each release", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const served: string[] = [];
    for (const name of ["a", "b", "c"]) lock.acquire().addCallback(() => served.push(name));
    expect([lock.waiting, served]).to.deep.equal([3, []]);
    lock.release();
    expect([lock.waiting, served]).to.deep.equal([2, ["a"]]);
    lock.release();
    lock.release();
    expect([lock.locked, served]).to.deep.equal([true, ["a", "b", "c"]]);
    lock.release();
    expect(lock.locked).to.equal(false);
  });

  it("throws NotAcquiredError when it is released unheld, and stays as it was", () => {
    const lock = new DeferredLock();
    expect(() => lock.release())
      .to.throw(NotAcquiredError)
      .with.property("code", "ERR_NOT_ACQUIRED");
    watch(lock.acquire());
    lock.release();
    expect(() => lock.release()).to.throw(NotAcquiredError);
    expect(lock.tokens).to.equal(1);
  });

  it("26: a cancelled waiter leaves the queue, and the others keep their order", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const [a, b, c, d] = [lock.acquire(), lock.acquire(), lock.acquire(), lock.acquire()];
    const served: string[] = [];
    a.addCallback(() => served.push("a"));
    c.addCallback(() => served.push("c"));
    b.cancel();
    d.cancel();
    expect(lock.waiting).to.equal(2);
    expect(errorOf(b)).to.be.instanceOf(CancelledError);
    expect(errorOf(d)).to.be.instanceOf(CancelledError);
    lock.release();
    lock.release();
    lock.release();
    expect([lock.locked, served]).to.deep.equal([false, ["a", "c"]]);
  });

  it("26: the first of those who wait can leave, and another come, time and again", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const last = watch(lock.acquire().addCallback(() => "the last to stay"));
    for (let i = 0; i < 1000; i++) watch(lock.acquire()).push(i);
    for (let i = 0; i < 1000; i++) {
      const waiter = lock.acquire();
      waiter.cancel();
      expect(errorOf(waiter)).to.be.instanceOf(CancelledError);
    }
    expect(lock.waiting).to.equal(1001);
    lock.release();
    expect([lock.waiting, last]).to.deep.equal([1000, ["the last to stay"]]);
  });

  it("26: cancelling after the acquire does nothing", () => {
    const lock = new DeferredLock();
    const holder = lock.acquire();
    holder.cancel();
    expect([lock.locked, watch(holder)]).to.deep.equal([true, [lock]]);
    const next = lock.acquire();
    lock.release();
    next.cancel();
    expect([lock.locked, watch(next)]).to.deep.equal([true, [lock]]);
  });

  it("serves the next inside a release() in a waiter's callback", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const log: string[] = [];
    for (const name of ["1", "2", "3"]) {
      lock.acquire().addCallback(() => {
        log.push(`in ${name}`);
        lock.release();
        log.push(`out ${name}`);
      });
    }
    lock.release();
    expect(log).to.deep.equal(["in 1", "in 2", "in 3", "out 3", "out 2", "out 1"]);
    expect(lock.locked).to.equal(false);
  });

  it("serves one who comes inside a waiter's callback after those who waited", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const served: string[] = [];
    lock.acquire().addCallback(() => {
      served.push("first");
      lock.acquire().addCallback(() => served.push("late"));
    });
    lock.acquire().addCallback(() => served.push("second"));
    lock.release();
    lock.release();
    lock.release();
    expect(served).to.deep.equal(["first", "second", "late"]);
  });

  it("lets a waiter's callback cancel the next one", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    lock.acquire().addCallback(() => second.cancel());
    const second = lock.acquire();
    const third = watch(lock.acquire());
    lock.release();
    expect(errorOf(second)).to.be.instanceOf(CancelledError);
    lock.release();
    expect(third).to.deep.equal([lock]);
  });
});

describe("DeferredLock.run", () => {
  it("26: releases when the function returns, and gives what it returns for its arguments", () => {
    const lock = new DeferredLock();
    const add = (a: number, b: number): number => {
      expect(lock.locked).to.equal(true);
      return a + b;
    };
    expect(watch(lock.run(add, 1, 2))).to.deep.equal([3]);
    expect(lock.locked).to.equal(false);
  });

  it("26: releases when what the function returned has fired", () => {
    const lock = new DeferredLock();
    const slow = new Deferred<string>();
    const outcomes = watch(lock.run(() => slow));
    expect([lock.locked, outcomes]).to.deep.equal([true, []]);
    slow.callback("value");
    expect([lock.locked, outcomes]).to.deep.equal([false, ["value"]]);
  });

  it("26: releases when the promise of the function is settled", async () => {
    const lock = new DeferredLock();
    expect(await lock.run(async () => "value")).to.equal("value");
    expect(lock.locked).to.equal(false);
  });

  it("26: releases on failure, in whatever way the function fails", () => {
    const lock = new DeferredLock();
    expect(watch(lock.run(() => raise("thrown")))).to.deep.equal([{ failed: "thrown" }]);
    expect(lock.locked).to.equal(false);
    expect(watch(lock.run(() => fail("failed")))).to.deep.equal([{ failed: "failed" }]);
    expect(lock.locked).to.equal(false);
  });

  it("26: releases for the next before the outcome is handed on", () => {
    const lock = new DeferredLock();
    const log: string[] = [];
    const slow = new Deferred<void>();
    lock.run(() => slow).addCallback(() => log.push("first is done"));
    lock.run(() => log.push("second begins"));
    slow.callback();
    expect(log).to.deep.equal(["second begins", "first is done"]);
  });

  it("26: cancelled while it waits, never calls the function", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    let calls = 0;
    const waiting = lock.run(() => calls++);
    waiting.cancel();
    expect(errorOf(waiting)).to.be.instanceOf(CancelledError);
    lock.release();
    expect([lock.locked, calls]).to.deep.equal([false, 0]);
  });

  it("26: cancelled while the function is under way, cancels that and releases", () => {
    const lock = new DeferredLock();
    const slow = new Deferred<string>();
    const running = lock.run(() => slow);
    running.cancel();
    expect(errorOf(running)).to.be.instanceOf(CancelledError);
    expect([slow.called, lock.locked]).to.deep.equal([true, false]);
  });

  it("fails with NotAcquiredError when the function has released it already", () => {
    const lock = new DeferredLock();
    expect(errorOf(lock.run(() => lock.release()))).to.be.instanceOf(NotAcquiredError);
    watch(lock.acquire());
    const waiting = lock.run(() => lock.release());
    lock.release();
    expect(errorOf(waiting)).to.be.instanceOf(NotAcquiredError);
    expect(lock.tokens).to.equal(1);
  });

  it("hands on the outcomes of those served in one go last first, each after its release", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const log: string[] = [];
    for (const name of ["1", "2", "3"]) {
      lock
        .run(() => void log.push(`f${name}`))
        .addCallback(() => log.push(`done ${name}, ${lock.locked ? "locked" : "free"}`));
    }
    lock.release();
    const done = ["done 3, free", "done 2, free", "done 1, free"];
    expect(log).to.deep.equal(["f1", "f2", "f3", ...done]);
  });

  it("served in one go, two that return the same Deferred: one of them takes its result", () => {
    const lock = new DeferredLock();
    lock.acquire();
    const same = succeed("a value");
    const outcomes = [watch(lock.run(() => same)), watch(lock.run(() => same))];
    lock.release();
    expect(outcomes).to.deep.equal([[undefined], ["a value"]]);
  });

  it("is not to be cancelled once its function is done", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const first = lock.run(() => "first");
    lock.run(() => first.cancel());
    lock.release();
    expect(watch(first)).to.deep.equal(["first"]);
  });

  it("called in the callback of a waiter that has released it, is done when it returns", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const log: string[] = [];
    lock.acquire().addCallback(() => {
      lock.release();
      lock.run(() => log.push("f")).addCallback(() => log.push("done"));
      log.push("after");
    });
    lock.release();
    expect(log).to.deep.equal(["f", "done", "after"]);
  });

  it("waits for unpause() when it is paused while it waits", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const waiting = lock.run(() => "value");
    waiting.pause();
    lock.release();
    expect(lock.locked).to.equal(true);
    waiting.unpause();
    expect([lock.locked, watch(waiting)]).to.deep.equal([false, ["value"]]);
  });

  it("takes constant stack for many that wait, and are done as soon as they begin", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    const begun: number[] = [];
    let done = 0;
    for (let i = 0; i < MANY; i++) {
      lock.run(() => void begun.push(i)).addCallback(() => done++);
    }
    expect(lock.waiting).to.equal(MANY);
    lock.release();
    expect([begun.length, done, lock.locked]).to.deep.equal([MANY, MANY, false]);
    expect(begun.every((n, i) => n === i)).to.equal(true);
  });

  it("takes constant stack for many that wait, and fail as soon as they begin", () => {
    const lock = new DeferredLock();
    watch(lock.acquire());
    let failed = 0;
    for (let i = 0; i < MANY; i++) {
      lock
        .run(() => raise("planted"))
        .addErrback((failure) => {
          if (failure.value === "planted") failed++;
        });
    }
    lock.release();
    expect([failed, lock.locked]).to.deep.equal([MANY, false]);
  });
});
