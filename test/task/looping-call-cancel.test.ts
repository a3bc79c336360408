import { expect } from "chai";
import { CancelledError, Deferred, inlineCallbacks, succeed } from "skein/defer";
import { createReactor } from "skein/reactor";
import { LoopingCall } from "skein/task";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("cancelling start()'s Deferred of a LoopingCall", () => {
  const unhandled = collectUnhandled();
  afterEach(async () => {
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("between iterations stops it, as stop() does", async () => {
    const reactor = createReactor("clock");
    let calls = 0;
    const loop = new LoopingCall(reactor, () => calls++);
    const done = loop.start(1);
    await reactor.advance(1);
    done.cancel();
    expect(loop.running).to.equal(false);
    expect(watch(done)).to.deep.equal([loop]);
    await reactor.advance(5);
    expect(calls).to.equal(2);
  });

  it("during an iteration cancels that, and fails with its error", async () => {
    const reactor = createReactor("clock");
    const wait = new Deferred<void>();
    let calls = 0;
    const loop = new LoopingCall(reactor, () => {
      calls++;
      return wait;
    });
    const done = loop.start(1);
    done.cancel();
    expect(wait.called).to.equal(true);
    expect(loop.running).to.equal(false);
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
    await reactor.advance(5);
    expect(calls).to.equal(1);
  });

  it("fires with itself when the iteration ends well in spite of it", () => {
    const loop = new LoopingCall(
      createReactor("clock"),
      () => new Deferred<string>((cancelled) => cancelled.callback("enough")),
    );
    const done = loop.start(1);
    done.cancel();
    expect(watch(done)).to.deep.equal([loop]);
  });

  it("settles at once, though the iteration goes on; its end is then ignored", () => {
    const next = new Deferred<void>();
    const loop = new LoopingCall(
      createReactor("clock"),
      inlineCallbacks(function* () {
        try {
          yield* new Deferred();
        } catch {
          yield* next;
        }
      }),
    );
    const done = loop.start(1);
    done.cancel();
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
    expect(() => loop.start(1)).to.throw("last iteration");
    next.callback();
    expect(() => loop.start(1)).not.to.throw();
  });

  it("leaves alone what an earlier iteration has returned", () => {
    const earlier = succeed(1);
    const loop = new LoopingCall(createReactor("clock"), () => earlier);
    const done = loop.start(1);
    const inner = new Deferred<void>();
    earlier.addCallback(() => inner);
    done.cancel();
    expect(inner.called).to.equal(false);
    watch(done);
  });

  it("after stop() reaches the last iteration too", () => {
    const wait = new Deferred<void>();
    const loop = new LoopingCall(createReactor("clock"), () => wait);
    const done = loop.start(1);
    loop.stop();
    done.cancel();
    expect(wait.called).to.equal(true);
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
  });

  it("from within the function stops it", async () => {
    const reactor = createReactor("clock");
    let calls = 0;
    const loop = new LoopingCall(reactor, () => {
      if (++calls === 2) done.cancel();
    });
    const done = loop.start(1);
    const outcomes = watch(done);
    await reactor.advance(5);
    expect(calls).to.equal(2);
    expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(CancelledError);
  });
});
