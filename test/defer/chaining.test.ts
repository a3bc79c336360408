import { expect } from "chai";
import { Deferred, fail, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("chaining", () => {
  const unhandled = collectUnhandled();

  it("3: the waiting Deferred's callbacks run before the rest of the inner one's", () => {
    const log: string[] = [];
    const inner = new Deferred<void>();
    const middle = succeed(0)
      .addCallback(() => inner)
      .addCallback(() => log.push("middle 1"));
    succeed(0)
      .addCallback(() => middle)
      .addCallback(() => log.push("outer"));
    middle.addCallback(() => log.push("middle 2"));
    inner.addCallback(() => log.push("inner"));
    inner.callback();
    expect(log).to.deep.equal(["middle 1", "outer", "middle 2", "inner"]);
  });

  it("6: returning an inner Deferred takes its result", () => {
    const inner = succeed("result");
    expect(watch(succeed(0).addCallback(() => inner))).to.deep.equal(["result"]);
    expect(watch(inner)).to.deep.equal([undefined]);
  });

  it("6: returning an inner Deferred that fires later takes its result", () => {
    const inner = new Deferred<string>();
    const outcomes = watch(succeed(0).addCallback(() => inner));
    expect(outcomes).to.deep.equal([]);
    inner.callback("result");
    expect(outcomes).to.deep.equal(["result"]);
    expect(watch(inner)).to.deep.equal([undefined]);
  });

  it("6: a second waiter gets undefined", () => {
    const inner = new Deferred<string>();
    const first = watch(succeed(0).addCallback(() => inner));
    const second = watch(succeed(0).addCallback(() => inner));
    inner.callback("result");
    expect(first).to.deep.equal(["result"]);
    expect(second).to.deep.equal([undefined]);
  });

  it("6: returning a failed inner Deferred takes its failure", async () => {
    const inner = fail("planted");
    expect(watch(succeed(0).addCallback(() => inner))).to.deep.equal([{ failed: "planted" }]);
    expect(watch(inner)).to.deep.equal([undefined]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("6: an errback may return a Deferred as well", () => {
    const inner = new Deferred<string>();
    const outcomes = watch(fail("planted").addErrback(() => inner));
    inner.callback("rescued");
    expect(outcomes).to.deep.equal(["rescued"]);
  });

  it("7: an inner one that has fired but is paused still blocks", () => {
    const inner = succeed("result");
    inner.pause();
    const outcomes = watch(succeed(0).addCallback(() => inner));
    expect(outcomes).to.deep.equal([]);
    inner.unpause();
    expect(outcomes).to.deep.equal(["result"]);
  });

  it("7: an inner one that waits for another blocks until that one fires", () => {
    const innermost = new Deferred<string>();
    const inner = succeed(0).addCallback(() => innermost);
    const outcomes = watch(succeed(0).addCallback(() => inner));
    expect(outcomes).to.deep.equal([]);
    innermost.callback("result");
    expect(outcomes).to.deep.equal(["result"]);
  });

  it("7: a paused outer one does not block the inner one's other callbacks", () => {
    const inner = new Deferred<string>();
    const outer = succeed(0).addCallback(() => inner);
    outer.pause();
    const outerSees = watch(outer);
    const innerSees = watch(inner);
    inner.callback("result");
    expect(innerSees).to.deep.equal([undefined]);
    expect(outerSees).to.deep.equal([]);
    outer.unpause();
    expect(outerSees).to.deep.equal(["result"]);
  });

  it("8: callbacks added to the inner one before and after chaining keep their order", () => {
    const log: string[] = [];
    const inner = new Deferred<string>();
    inner.addCallback((text) => {
      log.push("before");
      return `${text}, changed`;
    });
    succeed(0)
      .addCallback(() => inner)
      .addCallback((text) => log.push(`chained: ${text}`));
    inner.addCallback((value: unknown) => log.push(`after: ${String(value)}`));
    inner.callback("result");
    expect(log).to.deep.equal(["before", "chained: result, changed", "after: undefined"]);
  });

  it("9: a callback that returns its own Deferred fails the chain with a TypeError", () => {
    const deferred = new Deferred<unknown>();
    deferred.addCallback(() => deferred);
    deferred.callback(1);
    expect(errorOf(deferred)).to.be.instanceOf(TypeError);
  });

  it("10: an inner one that was taken cannot be fired again", () => {
    const inner = new Deferred<number>();
    watch(succeed(0).addCallback(() => inner));
    inner.callback(1);
    expect(() => inner.callback(2))
      .to.throw()
      .with.property("code", "ERR_ALREADY_CALLED");
  });

  it("holds back callbacks that are added while it waits", () => {
    const log: string[] = [];
    const inner = new Deferred<string>();
    const outer = succeed(0).addCallback(() => inner);
    outer.addCallback((text) => log.push(text));
    expect(log).to.deep.equal([]);
    inner.callback("result");
    expect(log).to.deep.equal(["result"]);
  });

  it("waits for the inner one when a callback is added by the callback that waits", () => {
    const log: string[] = [];
    const inner = new Deferred<string>();
    const outer = new Deferred<string>();
    outer.addCallback(() => {
      outer.addCallback((text) => log.push(text));
      return inner;
    });
    outer.callback("outer");
    expect(log).to.deep.equal([]);
    inner.callback("inner");
    expect(log).to.deep.equal(["inner"]);
  });

  it("lets a waiter's callback add to the inner one, which runs at once", () => {
    const log: string[] = [];
    const inner = new Deferred<string>();
    succeed(0)
      .addCallback(() => inner)
      .addCallback(() => {
        inner.addCallback(() => log.push("added"));
        log.push("waiter");
      });
    inner.callback("result");
    expect(log).to.deep.equal(["added", "waiter"]);
  });

  it("passes a Deferred along several times, each time taking its result", () => {
    const inner = succeed(1);
    const through = succeed(0)
      .addCallback(() => inner)
      .addCallback((n) => n + 1);
    const outer = succeed(0).addCallback(() => through);
    expect(watch(outer)).to.deep.equal([2]);
    expect(watch(through)).to.deep.equal([undefined]);
  });
});
