import { expect } from "chai";
import { CancelledError, Deferred } from "skein/defer";
import { createReactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { errorOf, raise, watch } from "../support/outcomes.ts";

describe("deferLater", () => {
  it("calls the function with its arguments after the time, and gives its result", async () => {
    const reactor = createReactor("clock");
    const times: number[] = [];
    const add = (a: number, b: number): number => {
      times.push(reactor.seconds());
      return a + b;
    };
    const outcomes = watch(deferLater(reactor, 5, add, 1, 2));
    await reactor.advance(4.5);
    expect(outcomes).to.deep.equal([]);
    await reactor.advance(1);
    expect(outcomes).to.deep.equal([3]);
    expect(times).to.deep.equal([5]);
  });

  it("just waits without a function", async () => {
    const reactor = createReactor("clock");
    const outcomes = watch(deferLater(reactor, 5));
    await reactor.advance(4);
    expect(outcomes).to.deep.equal([]);
    await reactor.advance(1);
    expect(outcomes).to.deep.equal([undefined]);
  });

  it("is not called at once, even with no delay", async () => {
    const reactor = createReactor("clock");
    const outcomes = watch(deferLater(reactor, 0, () => "value"));
    expect(outcomes).to.deep.equal([]);
    await reactor.advance(0);
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("fails with what the function throws", async () => {
    const reactor = createReactor("clock");
    const planted = new RangeError("planted");
    const outcomes = watch(deferLater(reactor, 1, () => raise(planted)));
    await reactor.advance(1);
    expect(outcomes).to.deep.equal([{ failed: planted }]);
  });

  it("waits for the Deferred that the function returns", async () => {
    const reactor = createReactor("clock");
    const wait = new Deferred<string>();
    const outcomes = watch(deferLater(reactor, 1, () => wait));
    await reactor.advance(1);
    expect(outcomes).to.deep.equal([]);
    wait.callback("value");
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("cancelled before its time cancels the call", async () => {
    const reactor = createReactor("clock");
    let called = false;
    const deferred = deferLater(reactor, 5, () => {
      called = true;
    });
    await reactor.advance(4);
    deferred.cancel();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
    await reactor.advance(5);
    expect(called).to.equal(false);
  });

  it("cancelled after its time cancels what the function returned", async () => {
    const reactor = createReactor("clock");
    const wait = new Deferred<string>();
    const deferred = deferLater(reactor, 1, () => wait);
    await reactor.advance(1);
    deferred.cancel();
    expect(wait.called).to.equal(true);
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
  });

  it("cancelled when all is over does nothing", async () => {
    const reactor = createReactor("clock");
    const deferred = deferLater(reactor, 1, () => "value");
    await reactor.advance(1);
    deferred.cancel();
    expect(watch(deferred)).to.deep.equal(["value"]);
  });

  it("throws what callLater throws for a wrong delay", () => {
    expect(() => deferLater(createReactor("clock"), -1))
      .to.throw()
      .with.property("code", "ERR_BAD_OPTION");
  });
});
