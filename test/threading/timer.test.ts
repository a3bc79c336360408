import { expect } from "chai";
import { createReactor } from "skein/reactor";
import { ThreadLocal, Timer } from "skein/threading";
import { errorOf, watch } from "../support/outcomes.ts";
import { failure, poolTest, tasks } from "../support/pools.ts";
import { sharing } from "../support/threading.ts";

describe("a timer", () => {
  it("calls its function once, after its time", async () => {
    const reactor = createReactor("clock");
    const calls: string[] = [];
    const timer = new Timer(reactor, 5, (a: string, b: string) => calls.push(a + b), "a", "b");
    await reactor.advance(10);
    timer.start();
    const joined = watch(timer.join());
    await reactor.advance(4);
    expect([calls, timer.finished]).to.deep.equal([[], false]);
    await reactor.advance(1);
    expect(calls).to.deep.equal(["ab"]);
    expect(joined).to.deep.equal([undefined]);
    expect(watch(timer.join())).to.deep.equal([undefined]);
    expect(() => timer.start()).to.throw("started once");
    timer.cancel();
  });

  it("is cancelled, before or after it is started", async () => {
    const reactor = createReactor("clock");
    const never = (): never => {
      throw new Error("it was called");
    };
    for (const begun of [true, false]) {
      const timer = new Timer(reactor, 5, never);
      if (begun) timer.start();
      const joined = watch(timer.join());
      timer.cancel();
      if (!begun) timer.start();
      expect(joined).to.deep.equal([undefined]);
      expect(timer.finished).to.equal(true);
    }
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    await reactor.advance(10);
  });

  it("may cancel itself, and have its function fail", async () => {
    const errors: unknown[] = [];
    const reactor = createReactor("clock", { onError: (error) => errors.push(error) });
    const oh = new Error("oh");
    const timer: Timer = new Timer(reactor, 1, () => {
      timer.cancel();
      expect(timer.finished).to.equal(false);
      throw oh;
    });
    timer.start();
    const joined = timer.join();
    const given = timer.join();
    given.cancel();
    expect(errorOf(given)).to.have.property("name", "CancelledError");
    await reactor.advance(1);
    await joined;
    expect(errors).to.deep.equal([oh]);
  });
});

describe("a thread-local value", () => {
  it("is made when it is asked for, and again when it was deleted or could not be", () => {
    let made = 0;
    const local = new ThreadLocal(() => {
      if (made++ === 0) throw new Error("not yet");
      return made;
    });
    expect(() => local.value).to.throw("not yet");
    expect(local.present).to.equal(false);
    expect([local.value, local.value, local.present]).to.deep.equal([2, 2, true]);
    local.delete();
    expect(local.value).to.equal(3);
    local.value = 7;
    expect(local.value).to.equal(7);
  });

  const only = ["libuv", "simulated workers share its modules"] as const;
  poolTest("is each worker's own, and lasts", { max: 2, only }, async ({ pool }) => {
    const seen = new Map<number, number>();
    const calls = Array.from({ length: 8 }, () => pool.call(sharing.rememberWhere, 1));
    for (const [thread, length] of await Promise.all(calls)) {
      seen.set(thread, Math.max(length, seen.get(thread) ?? 0));
    }
    expect([...seen.values()].reduce((a, b) => a + b)).to.equal(8);
    expect(seen.has(0)).to.equal(false);
  });

  poolTest("does not cross", { max: 1 }, async ({ pool }) => {
    const error = await failure(pool.call(tasks.echo, new ThreadLocal(() => 1)));
    expect(error.message).to.include("make it in a module that the worker loads, too");
  });
});
