import { expect } from "chai";
import { getEventListeners } from "node:events";
import {
  CancelledError,
  Deferred,
  fail,
  inlineCallbacks,
  shield,
  signalOf,
  succeed,
  TimeoutError,
  withSignal,
} from "skein/defer";
import { createReactor } from "skein/reactor";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("withSignal", () => {
  const unhandled = collectUnhandled();

  it("gives the same Deferred, and leaves its result as it is", () => {
    const { signal } = new AbortController();
    const deferred = new Deferred<string>();
    expect(withSignal(deferred, signal)).to.equal(deferred);
    deferred.callback("value");
    expect(watch(deferred)).to.deep.equal(["value"]);
    expect(watch(withSignal(fail("planted"), signal))).to.deep.equal([{ failed: "planted" }]);
  });

  it("cancels when the signal is aborted, and has the reason as the cause", () => {
    const controller = new AbortController();
    let cancelled = 0;
    const deferred = new Deferred<string>(() => void cancelled++);
    withSignal(deferred, controller.signal);
    expect(cancelled).to.equal(0);
    controller.abort("reason");
    expect(cancelled).to.equal(1);
    const error = errorOf(deferred);
    expect(error).to.be.instanceOf(CancelledError);
    expect(error.cause).to.equal("reason");
  });

  it("cancels at once when the signal is aborted already", () => {
    const signal = AbortSignal.abort("reason");
    const deferred = withSignal(new Deferred<string>(), signal);
    expect(deferred.called).to.equal(true);
    expect(errorOf(deferred).cause).to.equal("reason");
    expect(listenersOf(signal)).to.equal(0);
  });

  it("has the AbortError for a cause when no reason was given", () => {
    const controller = new AbortController();
    const deferred = withSignal(new Deferred<string>(), controller.signal);
    controller.abort();
    expect(errorOf(deferred).cause).to.have.property("name", "AbortError");
  });

  it("leaves it to the canceller what comes of it", () => {
    const controller = new AbortController();
    const own = new CancelledError();
    own.cause = "the canceller's";
    const outcomes = [
      new Deferred<string>((deferred) => deferred.callback("partial")),
      new Deferred<string>((deferred) => deferred.errback(own)),
      new Deferred<string>((deferred) => deferred.errback("another error")),
    ].map((deferred) => watch(withSignal(deferred, controller.signal)));
    controller.abort("reason");
    expect(outcomes).to.deep.equal([["partial"], [{ failed: own }], [{ failed: "another error" }]]);
    expect(own.cause).to.equal("the canceller's");
  });

  it("gives no cause to a cancel that was not the signal's", () => {
    const controller = new AbortController();
    const deferred = withSignal(new Deferred<string>(), controller.signal);
    deferred.cancel();
    controller.abort("too late");
    expect(errorOf(deferred).cause).to.equal(undefined);
  });

  it("does nothing to a Deferred that has its result", () => {
    const done = withSignal(succeed("value"), AbortSignal.abort());
    expect(watch(done)).to.deep.equal(["value"]);
  });

  it("keeps no listener on the signal when there is a result, however it came", () => {
    const { signal } = new AbortController();
    const endings: ((deferred: Deferred<string>) => void)[] = [
      (deferred) => deferred.callback("value"),
      (deferred) => deferred.errback("planted"),
      (deferred) => deferred.cancel(),
    ];
    const deferreds = endings.map(() => withSignal(new Deferred<string>(), signal));
    expect(listenersOf(signal)).to.equal(3);
    for (const [i, deferred] of deferreds.entries()) {
      endings[i]?.(deferred);
      expect(listenersOf(signal)).to.equal(2 - i);
      watch(deferred);
    }
    withSignal(succeed("there already"), signal);
    expect(listenersOf(signal)).to.equal(0);
  });

  it("cancels what the chain waits for", () => {
    const controller = new AbortController();
    const inner = new Deferred<string>();
    const chain = succeed(0).addCallback(() => inner);
    withSignal(chain, controller.signal);
    controller.abort("reason");
    expect(inner.called).to.equal(true);
    expect(errorOf(chain).cause).to.equal("reason");
  });

  it("is about what was added before: what comes behind may take as long as it likes", () => {
    const controller = new AbortController();
    const later = new Deferred<string>();
    const chain = withSignal(succeed(0), controller.signal).addCallback(() => later);
    controller.abort();
    expect(later.called).to.equal(false);
    later.callback("value");
    expect(watch(chain)).to.deep.equal(["value"]);
  });

  it("takes several signals: the first one that is aborted is the cause", () => {
    const [user, shutdown] = [new AbortController(), new AbortController()];
    const deferred = withSignal(new Deferred<string>(), user.signal);
    withSignal(deferred, shutdown.signal);
    shutdown.abort("shutdown");
    user.abort("user");
    expect(errorOf(deferred).cause).to.equal("shutdown");
    expect([listenersOf(user.signal), listenersOf(shutdown.signal)]).to.deep.equal([0, 0]);
  });

  it("lets a shielded Deferred go on", () => {
    const controller = new AbortController();
    const work = new Deferred<string>();
    const waiter = withSignal(shield(work), controller.signal);
    controller.abort("reason");
    expect(errorOf(waiter).cause).to.equal("reason");
    expect(work.called).to.equal(false);
  });

  it("lets a coroutine that catches the CancelledError go on", () => {
    const controller = new AbortController();
    const goOn = new Deferred<string>();
    const stubborn = inlineCallbacks(function* () {
      try {
        yield* new Deferred<void>();
      } catch {
        return yield* goOn;
      }
      return "never";
    })();
    withSignal(stubborn, controller.signal);
    controller.abort();
    expect(stubborn.called).to.equal(false);
    goOn.callback("after all");
    expect(watch(stubborn)).to.deep.equal(["after all"]);
  });

  it("goes with addTimeout", async () => {
    const reactor = createReactor("clock");
    const { signal } = new AbortController();
    const slow = withSignal(new Deferred<string>(), signal).addTimeout(5, reactor);
    await reactor.advance(5);
    expect(errorOf(slow)).to.be.instanceOf(TimeoutError);
    expect(listenersOf(signal)).to.equal(0);
  });

  it("leaves a failure that nobody handles to be reported", async () => {
    const controller = new AbortController();
    withSignal(new Deferred<string>(), controller.signal);
    controller.abort();
    await afterMicrotasks();
    expect(unhandled.map(String)).to.deep.equal(["CancelledError: the operation was cancelled"]);
  });
});

describe("signalOf", () => {
  const unhandled = collectUnhandled();

  it("is aborted when the Deferred is cancelled, with the error for a reason", () => {
    const deferred = new Deferred<string>();
    const signal = signalOf(deferred);
    expect(signal.aborted).to.equal(false);
    deferred.cancel();
    expect(signal.aborted).to.equal(true);
    expect(errorOf(deferred)).to.equal(signal.reason);
  });

  it("is aborted before the callbacks that are added later run", () => {
    const log: string[] = [];
    const deferred = new Deferred<string>(() => void log.push("canceller"));
    signalOf(deferred).addEventListener("abort", () => log.push("aborted"));
    deferred.addErrback(() => log.push("errback"));
    deferred.cancel();
    expect(log).to.deep.equal(["canceller", "aborted", "errback"]);
  });

  it("takes the late answer of work that it has stopped", () => {
    const deferred = new Deferred<string>();
    signalOf(deferred).addEventListener("abort", () => deferred.errback("stopped"));
    deferred.cancel();
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
  });

  it("is left alone by a value, and by any other failure", () => {
    const [fired, failed, rescued] = [
      succeed("value"),
      fail("planted"),
      new Deferred<string>((deferred) => deferred.callback("partial")),
    ];
    const signals = [fired, failed, rescued].map(signalOf);
    rescued.cancel();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, false, false]);
    expect([watch(fired), watch(failed), watch(rescued)]).to.deep.equal([
      ["value"],
      [{ failed: "planted" }],
      ["partial"],
    ]);
  });

  it("is aborted at once for a Deferred that was cancelled", () => {
    const deferred = new Deferred<string>();
    deferred.cancel();
    expect(signalOf(deferred).aborted).to.equal(true);
    watch(deferred);
  });

  it("passes one signal's abort on to another, with the reason as its cause", () => {
    const controller = new AbortController();
    const deferred = withSignal(new Deferred<string>(), controller.signal);
    const signal = signalOf(deferred);
    controller.abort("reason");
    expect((signal.reason as Error).cause).to.equal("reason");
    watch(deferred);
  });

  it("leaves the failure to be handled, or reported", async () => {
    const deferred = new Deferred<string>();
    signalOf(deferred);
    deferred.cancel();
    await afterMicrotasks();
    expect(unhandled).to.have.lengthOf(1);
  });
});
