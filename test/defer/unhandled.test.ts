import { expect } from "chai";
import { Deferred, fail, onUnhandledFailure, succeed } from "skein/defer";
import { createReactor } from "skein/reactor";
import * as sinon from "sinon";
import { afterMicrotasks, collectUnhandled, raise, watch } from "../support/outcomes.ts";

describe("unhandled failures", () => {
  const unhandled = collectUnhandled();

  it("25: are reported exactly once", async () => {
    const deferred = fail("planted");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
    deferred.addCallback(() => "passed by");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
    expect(watch(deferred)).to.deep.equal([{ failed: "planted" }]);
  });

  it("25: are not reported before the end of the turn", async () => {
    const deferred = fail("planted");
    expect(unhandled).to.deep.equal([]);
    watch(deferred);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("25: that move down a chain are reported once, at its end", async () => {
    const inner = new Deferred<string>();
    const middle = succeed(0).addCallback(() => inner);
    succeed(0).addCallback(() => middle);
    inner.errback("planted");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });

  it("25: that move down a chain and are handled at its end are not reported", async () => {
    const inner = fail("planted");
    const outer = succeed(0).addCallback(() => inner);
    watch(outer);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("25: are not reported while a chain still waits", async () => {
    const wait = new Deferred<void>();
    const deferred = fail("planted").addErrback((failure) => wait.addCallback(() => failure));
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
    wait.callback();
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
    watch(deferred);
  });

  it("are not reported when an errback is added in the same turn", async () => {
    const deferred = fail("planted");
    await Promise.resolve();
    watch(deferred);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("are not reported when they are awaited in the same turn", async () => {
    let caught: unknown;
    try {
      await fail("planted");
    } catch (error) {
      caught = error;
    }
    await afterMicrotasks();
    expect(caught).to.equal("planted");
    expect(unhandled).to.deep.equal([]);
  });

  it("are not reported when an async function returns them to an await", async () => {
    const settled = await Promise.allSettled([(async () => fail("planted"))(), fail("second")]);
    await afterMicrotasks();
    expect(settled.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(unhandled).to.deep.equal([]);
  });

  it("are reported again when a later errback fails", async () => {
    const deferred = fail("first");
    await afterMicrotasks();
    deferred.addErrback(() => {
      raise("second");
    });
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["first", "second"]);
  });

  it("are reported in the order they were left", async () => {
    const first = new Deferred<void>();
    fail(1);
    first.errback(2);
    fail(3);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([1, 2, 3]);
  });

  it("are reported with what was thrown, whatever it is", async () => {
    const thrown = [undefined, null, "text", new Error("planted")];
    for (const error of thrown) fail(error);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(thrown);
  });

  it("that come about in the report are reported too", async () => {
    const restore = onUnhandledFailure((failure) => {
      restore();
      fail(`on ${String(failure.value)}`);
    });
    fail("planted");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["on planted"]);
  });

  describe("with a running reactor", () => {
    it("are reported at the end of the turn that left them", async () => {
      const reactor = createReactor("clock");
      const log: string[] = [];
      const restore = onUnhandledFailure((failure) =>
        log.push(`reported ${String(failure.value)} at ${reactor.seconds()}`),
      );
      reactor.callLater(1, () => {
        fail("planted");
        log.push("left");
      });
      reactor.callLater(1, () => log.push("same turn"));
      reactor.callLater(2, () => log.push("a later turn"));
      await reactor.advance(2);
      restore();
      expect(log).to.deep.equal(["left", "same turn", "reported planted at 1", "a later turn"]);
    });

    it("are not reported when they are handled in promises that the turn began", async () => {
      const reactor = createReactor("clock");
      reactor.callLater(1, () => {
        const deferred = fail("planted");
        void (async () => {
          for (let i = 0; i < 20; i++) await Promise.resolve();
          watch(deferred);
        })();
      });
      await reactor.advance(2);
      expect(unhandled).to.deep.equal([]);
    });

    it("are reported once, though two reactors run", async () => {
      const outer = createReactor("clock");
      const inner = createReactor("clock");
      outer.callLater(1, () => {
        fail("planted");
        void inner.advance(1);
      });
      await outer.advance(2);
      await afterMicrotasks();
      expect(unhandled).to.deep.equal(["planted"]);
    });

    it("are reported when the reactor stops first", async () => {
      const reactor = createReactor("clock");
      reactor.callLater(1, () => {
        fail("planted");
        reactor.crash();
      });
      await reactor.advance(2);
      await afterMicrotasks();
      expect(unhandled).to.deep.equal(["planted"]);
    });
  });
});

describe("handlers of unhandled failures", () => {
  const outermost = collectUnhandled();

  it("nest, and restore", async () => {
    const log: string[] = [];
    const note = (name: string) => (): void => void log.push(name);
    const restoreOuter = onUnhandledFailure(note("outer"));
    const restoreInner = onUnhandledFailure(note("inner"));
    fail(1);
    await afterMicrotasks();
    restoreInner();
    fail(2);
    await afterMicrotasks();
    restoreOuter();
    fail(3);
    await afterMicrotasks();
    expect(log).to.deep.equal(["inner", "outer"]);
    expect(outermost).to.deep.equal([3]);
  });

  it("may be restored in any order, and more than once", async () => {
    const log: string[] = [];
    const restoreOuter = onUnhandledFailure(() => log.push("outer"));
    const restoreInner = onUnhandledFailure(() => log.push("inner"));
    restoreOuter();
    restoreOuter();
    fail(1);
    await afterMicrotasks();
    restoreInner();
    expect(log).to.deep.equal(["inner"]);
  });

  it("nest when the same function is installed twice", async () => {
    const log: unknown[] = [];
    const handler = (failure: { value: unknown }): void => void log.push(failure.value);
    const restoreOuter = onUnhandledFailure(handler);
    const restoreInner = onUnhandledFailure(handler);
    restoreInner();
    fail("planted");
    await afterMicrotasks();
    restoreOuter();
    expect(log).to.deep.equal(["planted"]);
    expect(outermost).to.deep.equal([]);
  });

  it("that throw do not keep the other failures from being reported", async () => {
    const reported: unknown[] = [];
    const restore = onUnhandledFailure((failure) => {
      reported.push(failure.value);
      throw new Error("from the handler");
    });
    // Mocha would take the error for the test's own.
    const mocha = process.listeners("uncaughtException");
    const uncaught: string[] = [];
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => uncaught.push(error.message));
    try {
      fail(1);
      fail(2);
      await afterMicrotasks();
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of mocha) process.on("uncaughtException", listener);
      restore();
    }
    expect(reported).to.deep.equal([1, 2]);
    expect(uncaught).to.deep.equal(["from the handler", "from the handler"]);
  });
});

describe("unhandled failures without a handler", () => {
  it("are printed to standard error, with the stack", async () => {
    const print = sinon.stub(console, "error");
    const error = new Error("planted");
    try {
      fail(error);
      await afterMicrotasks();
    } finally {
      print.restore();
    }
    expect(print.args).to.have.lengthOf(1);
    expect(print.args[0]?.[0]).to.include("Unhandled failure").and.include(error.stack);
  });

  it("are printed when what was thrown has no text", async () => {
    const print = sinon.stub(console, "error");
    try {
      fail(Object.create(null));
      fail("after it");
      await afterMicrotasks();
    } finally {
      print.restore();
    }
    expect(print.args).to.have.lengthOf(2);
    expect(print.args[1]?.[0]).to.include("after it");
  });
});
