import { expect } from "chai";
import { Deferred } from "skein/defer";
import { createReactor } from "skein/reactor";
import { deferLater, LoopingCall, LoopingCallError } from "skein/task";
import { collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("LoopingCall", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));

  /** A looping call that notes when it is called. */
  function noting(f: () => unknown = () => {}) {
    const reactor = createReactor("clock");
    const times: number[] = [];
    const loop = new LoopingCall(reactor, () => {
      times.push(reactor.seconds());
      return f();
    });
    return { reactor, loop, times };
  }

  it("calls at start, then after every interval", async () => {
    const { reactor, loop, times } = noting();
    loop.start(2);
    expect(times).to.deep.equal([0]);
    await reactor.advance(7);
    expect(times).to.deep.equal([0, 2, 4, 6]);
  });

  it("may leave out the call at start", async () => {
    const { reactor, loop, times } = noting();
    loop.start(2, false);
    await reactor.advance(5);
    expect(times).to.deep.equal([2, 4]);
  });

  it("runs from start() to stop()", async () => {
    const { reactor, loop } = noting();
    expect(loop.running).to.equal(false);
    loop.start(1);
    expect(loop.running).to.equal(true);
    await reactor.advance(3);
    expect(loop.running).to.equal(true);
    loop.stop();
    expect(loop.running).to.equal(false);
  });

  it("calls no more after stop(), and leaves no delayed call behind", async () => {
    const { reactor, loop, times } = noting();
    loop.start(1);
    await reactor.advance(1);
    loop.stop();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    await reactor.advance(5);
    expect(times).to.deep.equal([0, 1]);
  });

  it("fires start()'s Deferred with itself when it is stopped", () => {
    const { loop } = noting();
    const outcomes = watch(loop.start(1));
    expect(outcomes).to.deep.equal([]);
    loop.stop();
    expect(outcomes).to.have.lengthOf(1);
    expect(outcomes[0]).to.equal(loop);
  });

  it("may be stopped by its own function", async () => {
    const { reactor, loop, times } = noting(() => times.length === 3 && loop.stop());
    const outcomes = watch(loop.start(1));
    await reactor.advance(10);
    expect(times).to.deep.equal([0, 1, 2]);
    expect(outcomes).to.have.lengthOf(1);
  });

  it("may be started again, on a grid of its own", async () => {
    const { reactor, loop, times } = noting();
    loop.start(2);
    await reactor.advance(3);
    loop.stop();
    loop.start(3);
    await reactor.advance(7);
    expect(times).to.deep.equal([0, 2, 3, 6, 9]);
  });

  it("33: fails start()'s Deferred at once when the function throws at start", () => {
    const { loop } = noting(() => {
      throw new RangeError("planted");
    });
    expect(errorOf(loop.start(1))).to.be.instanceOf(RangeError);
    expect(loop.running).to.equal(false);
  });

  it("ends when the function throws later", async () => {
    const { reactor, loop, times } = noting(() => {
      if (times.length === 3) throw new RangeError("planted");
    });
    const outcomes = watch(loop.start(1));
    await reactor.advance(10);
    expect(times).to.deep.equal([0, 1, 2]);
    expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(RangeError);
    expect(loop.running).to.equal(false);
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });

  it("ends when the function's Deferred fails", async () => {
    const wait = new Deferred<void>();
    const { reactor, loop, times } = noting(() => wait);
    const done = loop.start(1);
    wait.errback(new RangeError("planted"));
    expect(errorOf(done)).to.be.instanceOf(RangeError);
    await reactor.advance(10);
    expect(times).to.deep.equal([0]);
  });

  it("ends when the function's promise rejects", async () => {
    const { reactor, loop, times } = noting(() => Promise.reject(new RangeError("planted")));
    const outcomes = watch(loop.start(1));
    await reactor.advance(10);
    expect(times).to.deep.equal([0]);
    expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(RangeError);
  });

  it("may be started again after a failure", async () => {
    const { reactor, loop, times } = noting(() => {
      if (times.length === 1) throw new RangeError("planted");
    });
    errorOf(loop.start(1));
    loop.start(1);
    await reactor.advance(1);
    expect(times).to.deep.equal([0, 0, 1]);
  });

  describe("while an iteration waits for its Deferred", () => {
    it("makes no other call", async () => {
      const wait = new Deferred<void>();
      const { reactor, loop, times } = noting(() => wait);
      loop.start(1);
      await reactor.advance(5);
      expect(times).to.deep.equal([0]);
      expect(loop.running).to.equal(true);
    });

    it("33: stop() delays start()'s Deferred until the iteration has ended", async () => {
      const wait = new Deferred<void>();
      const { reactor, loop, times } = noting(() => wait);
      const outcomes = watch(loop.start(1));
      loop.stop();
      expect(loop.running).to.equal(false);
      await reactor.advance(5);
      expect(outcomes).to.deep.equal([]);
      wait.callback();
      expect(outcomes).to.deep.equal([loop]);
      await reactor.advance(5);
      expect(times).to.deep.equal([0]);
    });

    it("an iteration that fails after stop() fails start()'s Deferred", () => {
      const wait = new Deferred<void>();
      const { loop } = noting(() => wait);
      const done = loop.start(1);
      loop.stop();
      wait.errback(new RangeError("planted"));
      expect(errorOf(done)).to.be.instanceOf(RangeError);
    });

    it("it cannot be started again, even when it was stopped", () => {
      const wait = new Deferred<void>();
      const { loop } = noting(() => wait);
      const done = loop.start(1);
      loop.stop();
      expect(() => loop.start(1)).to.throw(LoopingCallError);
      wait.callback();
      watch(done);
      expect(() => loop.start(1)).not.to.throw();
    });
  });

  describe("with an interval of 0", () => {
    it("calls once in every turn", async () => {
      const log: string[] = [];
      const { reactor, loop, times } = noting(() => {
        log.push("call");
        reactor.callLater(0, () => log.push("next turn"));
        if (times.length === 3) loop.stop();
      });
      loop.start(0);
      await reactor.advance(0);
      expect(log).to.deep.equal(["call", "next turn", "call", "next turn", "call", "next turn"]);
      expect(times).to.deep.equal([0, 0, 0]);
    });

    it("waits for a Deferred all the same", async () => {
      const wait = new Deferred<void>();
      const { reactor, loop, times } = noting(() => (times.length === 1 ? wait : loop.stop()));
      loop.start(0);
      await reactor.advance(3);
      expect(times).to.deep.equal([0]);
      wait.callback();
      await reactor.advance(0);
      expect(times).to.deep.equal([0, 3]);
    });

    it("is reset without effect", async () => {
      const { reactor, loop, times } = noting(() => times.length === 2 && loop.stop());
      loop.start(0);
      loop.reset();
      await reactor.advance(0);
      expect(times).to.deep.equal([0, 0]);
    });
  });

  describe("used wrongly", () => {
    it("throws LoopingCallError from start() while it runs", () => {
      const { loop } = noting();
      loop.start(1);
      expect(() => loop.start(1)).to.throw(LoopingCallError, "runs already");
      expect(() => loop.start(1))
        .to.throw()
        .with.property("code", "ERR_LOOPING_CALL");
    });

    it("throws LoopingCallError from stop() and reset() when it does not run", () => {
      const { loop } = noting();
      expect(() => loop.stop()).to.throw(LoopingCallError, "not running");
      expect(() => loop.reset()).to.throw(LoopingCallError, "not running");
      loop.start(1);
      loop.stop();
      expect(() => loop.stop()).to.throw(LoopingCallError);
    });

    it("fails when its clock cannot make the next call", async () => {
      const { reactor, loop } = noting(() => deferLater(reactor, 1));
      const outcomes = watch(loop.start(Number.MIN_VALUE));
      await reactor.advance(2);
      expect(loop.running).to.equal(false);
      expect(outcomes).to.have.nested.property("[0].failed.code", "ERR_BAD_OPTION");
      loop.start(1).addErrback(() => {});
    });

    it("throws BadOptionError for an interval that cannot be, and is not started", () => {
      const { loop, times } = noting();
      for (const interval of [-1, NaN, Infinity, -Infinity]) {
        expect(() => loop.start(interval))
          .to.throw()
          .with.property("code", "ERR_BAD_OPTION");
      }
      expect(loop.running).to.equal(false);
      expect(times).to.deep.equal([]);
    });
  });
});
