import { expect } from "chai";
import { AlreadyCalledError, Deferred, fail, Failure, succeed } from "skein/defer";
import { watch } from "../support/outcomes.ts";

describe("firing a Deferred", () => {
  it("5: with a Failure as the value enters the errback side", () => {
    const deferred = new Deferred<string>();
    const outcomes = watch(deferred.addCallback(() => "not called"));
    deferred.callback(new Failure("planted"));
    expect(outcomes).to.deep.equal([{ failed: "planted" }]);
  });

  it("5: with a Deferred as the value is refused, and leaves it unfired", () => {
    const deferred = new Deferred<unknown>();
    expect(() => deferred.callback(new Deferred())).to.throw(TypeError, "return a Deferred");
    expect(deferred.called).to.equal(false);
    deferred.callback("value");
    expect(watch(deferred)).to.deep.equal(["value"]);
  });

  it("10: twice throws AlreadyCalledError, whichever way", () => {
    for (const first of ["callback", "errback"] as const) {
      for (const second of ["callback", "errback"] as const) {
        const deferred = new Deferred<unknown>();
        deferred[first](1);
        expect(() => deferred[second](2)).to.throw(AlreadyCalledError);
        expect(watch(deferred)).to.deep.equal([first === "callback" ? 1 : { failed: 1 }]);
      }
    }
  });

  it("10: again from its own callback throws in the callback", () => {
    const deferred = succeed(1);
    deferred.addCallback(() => deferred.callback(2));
    const [outcome] = watch(deferred);
    expect(outcome).to.have.property("failed").that.is.instanceOf(AlreadyCalledError);
  });

  it("10: again while it is paused, or waits, throws too", () => {
    const paused = new Deferred<number>();
    paused.pause();
    paused.callback(1);
    expect(() => paused.callback(2)).to.throw(AlreadyCalledError);
    const waiting = succeed(1).addCallback(() => new Deferred<number>());
    expect(() => waiting.callback(2)).to.throw(AlreadyCalledError);
  });

  it("10: gives AlreadyCalledError a stable code", () => {
    const deferred = succeed(1);
    expect(() => deferred.callback(2))
      .to.throw()
      .with.property("code", "ERR_ALREADY_CALLED");
  });

  it("shows in `called`", () => {
    const deferred = new Deferred<number>();
    expect(deferred.called).to.equal(false);
    deferred.addCallback(() => deferred.called);
    deferred.callback(1);
    expect(deferred.called).to.equal(true);
    expect(watch(deferred)).to.deep.equal([true]);

    const failed = fail("planted");
    expect(failed.called).to.equal(true);
    expect(watch(failed)).to.deep.equal([{ failed: "planted" }]);
  });

  it("with an error keeps a Failure as it is, and wraps everything else", () => {
    const failure = new Failure(new Error("planted"));
    let seen: unknown;
    fail(failure).addErrback((arrived) => {
      seen = arrived;
    });
    expect(seen).to.equal(failure);
    for (const error of [undefined, null, "text"]) {
      expect(watch(fail(error))).to.deep.equal([{ failed: error }]);
    }
  });

  it("works without handlers: they get the result later", () => {
    const deferred = new Deferred<void>();
    deferred.callback();
    expect(watch(deferred)).to.deep.equal([undefined]);
  });
});
