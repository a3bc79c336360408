import { expect } from "chai";
import { AlreadyCalledError, CancelledError, Deferred, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

describe("cancel", () => {
  const unhandled = collectUnhandled();

  it("11: without a canceller fails it with CancelledError", () => {
    const deferred = new Deferred<string>();
    deferred.cancel();
    const error = errorOf(deferred);
    expect(error).to.be.instanceOf(CancelledError).with.property("code", "ERR_CANCELLED");
  });

  it("11: without a canceller swallows exactly one later fire", () => {
    for (const late of ["callback", "errback"] as const) {
      const deferred = new Deferred<unknown>();
      const outcomes = watch(deferred);
      deferred.cancel();
      deferred[late]("too late");
      expect(() => deferred[late]("again")).to.throw(AlreadyCalledError);
      expect(outcomes).to.have.lengthOf(1);
    }
  });

  it("11: twice without a canceller still swallows one fire only", () => {
    const deferred = new Deferred<string>();
    deferred.cancel();
    deferred.cancel();
    watch(deferred);
    deferred.callback("too late");
    expect(() => deferred.callback("again")).to.throw(AlreadyCalledError);
  });

  it("12: calls the canceller with the Deferred, then fails it", () => {
    const log: unknown[] = [];
    const deferred: Deferred<string> = new Deferred((cancelled) => {
      log.push(cancelled, cancelled.called);
    });
    deferred.cancel();
    expect(log).to.deep.equal([deferred, false]);
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
  });

  it("12: with a canceller nothing is swallowed", () => {
    const deferred = new Deferred<string>(() => {});
    deferred.cancel();
    watch(deferred);
    expect(() => deferred.callback("too late")).to.throw(AlreadyCalledError);
  });

  it("12: a canceller may fire it, with a value or with an error", () => {
    const fired = new Deferred<string>((cancelled) => cancelled.callback("partial"));
    fired.cancel();
    expect(watch(fired)).to.deep.equal(["partial"]);
    const failed = new Deferred<string>((cancelled) => cancelled.errback("why"));
    failed.cancel();
    expect(watch(failed)).to.deep.equal([{ failed: "why" }]);
  });

  it("12: calls the canceller once", () => {
    let calls = 0;
    const deferred = new Deferred<string>(() => {
      calls++;
    });
    deferred.cancel();
    deferred.cancel();
    watch(deferred);
    deferred.cancel();
    expect(calls).to.equal(1);
  });

  it("13: of a fired Deferred does nothing", () => {
    let calls = 0;
    const deferred = new Deferred<string>(() => {
      calls++;
    });
    deferred.callback("value");
    deferred.cancel();
    expect(watch(deferred)).to.deep.equal(["value"]);
    expect(calls).to.equal(0);
    expect(() => deferred.callback("again")).to.throw(AlreadyCalledError);
  });

  it("13: of a fired, paused Deferred does nothing", () => {
    const deferred = succeed("value");
    deferred.pause();
    deferred.cancel();
    deferred.unpause();
    expect(watch(deferred)).to.deep.equal(["value"]);
  });

  it("13: of a fired Deferred that waits cancels the inner one", () => {
    const log: string[] = [];
    const inner = new Deferred<string>(() => void log.push("inner's canceller"));
    const outer = new Deferred<number>(() => void log.push("outer's canceller"));
    const waiting = outer.addCallback(() => inner);
    outer.callback(1);
    waiting.cancel();
    expect(log).to.deep.equal(["inner's canceller"]);
    expect(errorOf(waiting)).to.be.instanceOf(CancelledError);
    expect(watch(inner)).to.deep.equal([undefined]);
  });

  it("13: goes through a chain of waits to the end", () => {
    const innermost = new Deferred<string>();
    const inner = succeed(0).addCallback(() => innermost);
    const outer = succeed(0).addCallback(() => inner);
    outer.cancel();
    expect(innermost.called).to.equal(true);
    expect(errorOf(outer)).to.be.instanceOf(CancelledError);
    innermost.callback("swallowed");
    expect(() => innermost.callback("again")).to.throw(AlreadyCalledError);
  });

  it("13: of an inner one is the waiting one's error, and can be rescued there", () => {
    const inner = new Deferred<string>();
    const outer = succeed(0)
      .addCallback(() => inner)
      .addErrback((failure) => {
        failure.trap(CancelledError);
        return "rescued";
      });
    inner.cancel();
    expect(watch(outer)).to.deep.equal(["rescued"]);
  });

  it("13: after the wait is over does nothing to the inner one", () => {
    const inner = new Deferred<string>();
    const outer = succeed(0).addCallback(() => inner);
    inner.callback("value");
    const next = new Deferred<string>();
    inner.addCallback(() => next);
    outer.cancel();
    expect(next.called).to.equal(false);
    expect(watch(outer)).to.deep.equal(["value"]);
  });

  it("14: by a canceller that throws gives CancelledError, with that error as its cause", () => {
    const thrown = new Error("from the canceller");
    const deferred = new Deferred<string>(() => {
      raise(thrown);
    });
    deferred.cancel();
    const error = errorOf(deferred);
    expect(error).to.be.instanceOf(CancelledError);
    expect(error.cause).to.equal(thrown);
  });

  it("14: by a canceller that fires it and then throws reports that error", async () => {
    const deferred = new Deferred<string>((cancelled) => {
      cancelled.callback("partial");
      throw new Error("planted");
    });
    deferred.cancel();
    expect(watch(deferred)).to.deep.equal(["partial"]);
    await afterMicrotasks();
    expect(unhandled.map(String)).to.deep.equal(["Error: planted"]);
  });

  it("14: a CancelledError without a thrown error has no cause", () => {
    const deferred = new Deferred<string>(() => {});
    deferred.cancel();
    expect(errorOf(deferred)).not.to.have.property("cause");
  });

  it("runs the errbacks before it returns", () => {
    const log: string[] = [];
    const deferred = new Deferred<string>();
    deferred.addErrback(() => log.push("errback"));
    deferred.cancel();
    log.push("after");
    expect(log).to.deep.equal(["errback", "after"]);
  });

  it("from within its own callback comes too early for the Deferred that this returns", () => {
    const inner = new Deferred<string>();
    const outer = new Deferred<number>();
    const waiting = outer.addCallback(() => {
      outer.cancel();
      return inner;
    });
    outer.callback(1);
    expect(inner.called).to.equal(false);
    waiting.cancel();
    expect(errorOf(waiting)).to.be.instanceOf(CancelledError);
  });

  it("from within its own canceller does nothing more", () => {
    let calls = 0;
    const deferred: Deferred<string> = new Deferred((cancelled) => {
      calls++;
      cancelled.cancel();
      expect(cancelled.called).to.equal(false);
      cancelled.callback("partial");
    });
    deferred.cancel();
    expect(calls).to.equal(1);
    expect(watch(deferred)).to.deep.equal(["partial"]);
  });

  it("by two cancellers that cancel each other calls each of them once", () => {
    const calls: string[] = [];
    const a: Deferred<string> = new Deferred(() => {
      calls.push("a");
      b.cancel();
    });
    const b: Deferred<string> = new Deferred(() => {
      calls.push("b");
      a.cancel();
    });
    a.cancel();
    expect(calls).to.deep.equal(["a", "b"]);
    expect(errorOf(a)).to.be.instanceOf(CancelledError).and.not.have.property("cause");
    expect(errorOf(b)).to.be.instanceOf(CancelledError).and.not.have.property("cause");
  });

  it("of Deferreds that wait for each other in a circle returns", () => {
    const a = new Deferred<unknown>();
    const b = new Deferred<unknown>();
    a.addCallback(() => b);
    b.addCallback(() => a);
    const outside = succeed(0).addCallback(() => a);
    a.callback(1);
    b.callback(2);
    outside.cancel();
    a.cancel();
    expect(watch(outside)).to.deep.equal([]);
  });
});
