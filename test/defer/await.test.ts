import { expect } from "chai";
import { Deferred, fail, inlineCallbacks, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, raise, watch } from "../support/outcomes.ts";

describe("awaiting a Deferred", () => {
  const unhandled = collectUnhandled();

  async function errorIn(awaited: PromiseLike<unknown>): Promise<unknown> {
    try {
      await awaited;
    } catch (error) {
      return error;
    }
    throw new Error("it did not reject");
  }

  it("gives its value", async () => {
    expect(await succeed("value")).to.equal("value");
  });

  it("waits until it fires", async () => {
    const deferred = new Deferred<string>();
    setImmediate(() => deferred.callback("later"));
    expect(await deferred).to.equal("later");
  });

  it("throws the error itself, not a Failure", async () => {
    const error = new Error("planted");
    expect(await errorIn(fail(error))).to.equal(error);
    expect(await errorIn(fail(undefined))).to.equal(undefined);
  });

  it("leaves the value in place, for every await and for callbacks", async () => {
    const deferred = succeed("value");
    expect(await deferred).to.equal("value");
    expect(await deferred).to.equal("value");
    expect(watch(deferred)).to.deep.equal(["value"]);
  });

  it("leaves the error in place, for every await and for errbacks", async () => {
    const deferred = fail("planted");
    expect(await errorIn(deferred)).to.equal("planted");
    expect(await errorIn(deferred)).to.equal("planted");
    expect(watch(deferred)).to.deep.equal([{ failed: "planted" }]);
  });

  it("serves several that began before it fired", async () => {
    const deferred = new Deferred<string>();
    const all = Promise.all([deferred, deferred, deferred.then((text) => `${text}!`)]);
    await Promise.resolve();
    deferred.callback("value");
    expect(await all).to.deep.equal(["value", "value", "value!"]);
  });

  it("sees the result at its place among the callbacks", async () => {
    const deferred = new Deferred<number>();
    const early = Promise.resolve(deferred);
    await Promise.resolve();
    const late = Promise.resolve(deferred.addCallback((n) => n + 1));
    await Promise.resolve();
    deferred.callback(1);
    expect(await Promise.all([early, late])).to.deep.equal([1, 2]);
  });

  it("leaves a raw Deferred in place, and gives what that one holds", async () => {
    const inner = succeed(5);
    // oxlint-disable-next-line require-yield -- it has only a result
    const outer = inlineCallbacks(function* () {
      return inner;
    })();
    expect(await outer).to.equal(5);
    expect(await outer).to.equal(5);
    let raw: unknown;
    outer.addCallback((value) => {
      raw = value;
    });
    expect(raw).to.equal(inner);
    expect(watch(inner)).to.deep.equal([5]);
  });

  it("counts as handling the error, in the turn of the failure and later", async () => {
    const early = new Deferred<string>();
    const seen = errorIn(early);
    await Promise.resolve();
    early.errback("early");
    expect(await seen).to.equal("early");
    expect(await errorIn(fail("in time"))).to.equal("in time");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("does not count for an error that comes after it", async () => {
    const deferred = succeed(1);
    await deferred;
    deferred.addCallback(() => {
      raise("planted");
    });
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });

  it("does not count for an error that an errback makes of it", async () => {
    const deferred = fail("planted");
    await errorIn(deferred);
    deferred.addErrback(() => {
      raise("changed");
    });
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["changed"]);
  });

  it("waits for a paused one", async () => {
    const deferred = succeed("value");
    deferred.pause();
    let arrived = false;
    const awaited = deferred.then(() => {
      arrived = true;
    });
    await afterMicrotasks();
    expect(arrived).to.equal(false);
    deferred.unpause();
    await awaited;
    expect(arrived).to.equal(true);
  });

  it("by then() takes both handlers of a promise", async () => {
    const text = await succeed(1).then((n) => `got ${n}`);
    expect(text).to.equal("got 1");
    const rescued = await fail("planted").then(
      () => "not called",
      (error: unknown) => `rescued ${String(error)}`,
    );
    expect(rescued).to.equal("rescued planted");
  });
});
