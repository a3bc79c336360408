import { expect } from "chai";
import { CancelledError, Deferred, Failure, succeed, TimeoutError } from "skein/defer";
import { createReactor } from "skein/reactor";
import { collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

describe("addTimeout", () => {
  // The failures here are looked at when the turn in which they came is over.
  collectUnhandled();

  it("fails with TimeoutError after that time, and returns the Deferred itself", async () => {
    const reactor = createReactor("clock");
    const deferred = new Deferred<string>();
    expect(deferred.addTimeout(5, reactor)).to.equal(deferred);
    await reactor.advance(4.5);
    expect(deferred.called).to.equal(false);
    await reactor.advance(0.5);
    const error = errorOf(deferred);
    expect(error).to.be.instanceOf(TimeoutError).with.property("code", "ERR_TIMEOUT");
    expect(error.message).to.contain("5");
    expect(error.cause).to.be.instanceOf(CancelledError);
  });

  it("calls the canceller", async () => {
    const reactor = createReactor("clock");
    let calls = 0;
    const deferred = new Deferred<string>(() => void calls++).addTimeout(5, reactor);
    await reactor.advance(5);
    expect(calls).to.equal(1);
    expect(errorOf(deferred)).to.be.instanceOf(TimeoutError);
  });

  it("leaves what fires in time as it is, and nothing in the reactor", () => {
    const reactor = createReactor("clock");
    const inTime = new Deferred<string>().addTimeout(5, reactor);
    const failing = new Deferred<string>().addTimeout(5, reactor);
    expect(reactor.getDelayedCalls()).to.have.lengthOf(2);
    inTime.callback("value");
    failing.errback("planted");
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    expect(watch(inTime)).to.deep.equal(["value"]);
    expect(watch(failing)).to.deep.equal([{ failed: "planted" }]);
    expect(watch(succeed("there").addTimeout(5, reactor))).to.deep.equal(["there"]);
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });

  it("16: covers the callbacks that were added before", async () => {
    const reactor = createReactor("clock");
    const inner = new Deferred<string>();
    const deferred = succeed(1)
      .addCallback(() => inner)
      .addTimeout(5, reactor);
    await reactor.advance(5);
    expect(inner.called).to.equal(true);
    expect(errorOf(deferred)).to.be.instanceOf(TimeoutError);
  });

  it("16: does not cover the callbacks that are added later", async () => {
    const reactor = createReactor("clock");
    const inner = new Deferred<string>();
    const deferred = new Deferred<number>().addTimeout(5, reactor);
    const outcomes = watch(deferred.addCallback(() => inner));
    deferred.callback(1);
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    await reactor.advance(10);
    expect([inner.called, outcomes]).to.deep.equal([false, []]);
    inner.callback("late");
    expect(outcomes).to.deep.equal(["late"]);
  });

  it("16: is a success when one before it rescues the CancelledError", async () => {
    const reactor = createReactor("clock");
    const deferred = new Deferred<string>()
      .addErrback((failure) => {
        failure.trap(CancelledError);
        return "rescued";
      })
      .addTimeout(5, reactor);
    await reactor.advance(5);
    expect(watch(deferred)).to.deep.equal(["rescued"]);
  });

  it("16: onTimeoutCancel runs with the value of a rescue, or of the canceller", async () => {
    const reactor = createReactor("clock");
    const calls: unknown[] = [];
    const onTimeoutCancel = (result: string | Failure, seconds: number): string => {
      calls.push([result, seconds]);
      return "from onTimeoutCancel";
    };
    const rescued = new Deferred<string>()
      .addErrback(() => "rescued")
      .addTimeout(5, reactor, onTimeoutCancel);
    const partial = new Deferred<string>((cancelled) => cancelled.callback("partial"));
    partial.addTimeout(6, reactor, onTimeoutCancel);
    await reactor.advance(6);
    expect(calls).to.deep.equal([
      ["rescued", 5],
      ["partial", 6],
    ]);
    expect(watch(rescued)).to.deep.equal(["from onTimeoutCancel"]);
    expect(watch(partial)).to.deep.equal(["from onTimeoutCancel"]);
  });

  it("goes on with what onTimeoutCancel makes of the CancelledError", async () => {
    const reactor = createReactor("clock");
    const seen: unknown[] = [];
    const outcomes = [
      () => "value",
      (result: unknown) => result as Failure,
      () => raise("thrown"),
    ].map((make) =>
      watch(
        new Deferred<string>().addTimeout(5, reactor, (result) => {
          seen.push(result instanceof Failure && result.check(CancelledError));
          return make(result);
        }),
      ),
    );
    await reactor.advance(5);
    expect(seen).to.deep.equal([CancelledError, CancelledError, CancelledError]);
    expect(outcomes[0]).to.deep.equal(["value"]);
    expect(outcomes[1]).to.have.nested.property("[0].failed").that.is.instanceOf(CancelledError);
    expect(outcomes[2]).to.deep.equal([{ failed: "thrown" }]);
  });

  it("does not call onTimeoutCancel when there is a result in time", async () => {
    const reactor = createReactor("clock");
    let calls = 0;
    const deferred = new Deferred<number>().addTimeout(5, reactor, () => calls++);
    deferred.callback(1);
    await reactor.advance(10);
    expect([calls, watch(deferred)]).to.deep.equal([0, [1]]);
  });

  it("leaves another error than CancelledError as it is", async () => {
    const reactor = createReactor("clock");
    const deferred = new Deferred<string>((cancelled) => cancelled.errback("why"));
    deferred.addTimeout(5, reactor);
    await reactor.advance(5);
    expect(watch(deferred)).to.deep.equal([{ failed: "why" }]);
  });

  it("17: a cancel before the time is up stays a CancelledError", async () => {
    const reactor = createReactor("clock");
    let calls = 0;
    const deferred = new Deferred<number>().addTimeout(5, reactor, () => calls++);
    await reactor.advance(4);
    deferred.cancel();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
    expect(calls).to.equal(0);
  });

  it("given twice, the shorter time counts, whichever came first", async () => {
    for (const times of [
      [5, 3],
      [3, 5],
    ] as const) {
      const reactor = createReactor("clock");
      const deferred = new Deferred<string>();
      for (const seconds of times) deferred.addTimeout(seconds, reactor);
      await reactor.advance(3);
      const error = errorOf(deferred);
      expect(error).to.be.instanceOf(TimeoutError);
      expect(error.message).to.contain("3");
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
    }
  });

  it("works with any clock that has callLater", () => {
    let action: (() => void) | undefined;
    const deferred = new Deferred<string>().addTimeout(7, {
      callLater(delaySeconds, f) {
        expect(delaySeconds).to.equal(7);
        action = f;
        return { active: false, cancel: () => raise("never called") };
      },
    });
    action?.();
    expect(errorOf(deferred)).to.be.instanceOf(TimeoutError);
  });
});
