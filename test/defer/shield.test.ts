import { expect } from "chai";
import { CancelledError, Deferred, fail, inlineCallbacks, shield, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("shield", () => {
  const unhandled = collectUnhandled();

  it("gets the result of the other, and takes it", () => {
    const work = new Deferred<string>();
    const waiter = watch(shield(work));
    work.callback("value");
    expect([waiter, watch(work)]).to.deep.equal([["value"], [undefined]]);
    expect(watch(shield(succeed("there")))).to.deep.equal(["there"]);
  });

  it("gets the failure of the other, and takes it", async () => {
    const work = fail("planted");
    expect(watch(shield(work))).to.deep.equal([{ failed: "planted" }]);
    expect(watch(work)).to.deep.equal([undefined]);
    shield(fail("reported once"));
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["reported once"]);
  });

  it("fails with CancelledError when it is cancelled, which does not reach the other", () => {
    let calls = 0;
    const work = new Deferred<string>(() => void calls++);
    const waiter = shield(work);
    waiter.cancel();
    expect(errorOf(waiter)).to.be.instanceOf(CancelledError);
    expect([calls, work.called]).to.deep.equal([0, false]);
    work.callback("done all the same");
    expect(watch(work)).to.deep.equal(["done all the same"]);
  });

  it("leaves a failure that comes after the cancelling with the other", async () => {
    const [reported, handled] = [new Deferred<string>(), new Deferred<string>()];
    for (const work of [reported, handled]) {
      const waiter = shield(work);
      waiter.cancel();
      watch(waiter);
    }
    watch(handled);
    reported.errback("planted");
    handled.errback("handled");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });

  it("shields from the inside of a chain too", () => {
    const work = new Deferred<string>();
    const outer = succeed(0).addCallback(() => shield(work));
    outer.cancel();
    expect(errorOf(outer)).to.be.instanceOf(CancelledError);
    expect(work.called).to.equal(false);
  });

  it("hands on a Deferred that is held raw, as it is", () => {
    const [lookup, inner] = [new Deferred<void>(), new Deferred<string>()];
    const raw = inlineCallbacks(function* () {
      yield* lookup;
      return inner;
    })();
    const got: unknown[] = [];
    shield(raw).addCallback((value) => void got.push(value));
    lookup.callback();
    expect(got).to.deep.equal([inner]);
  });

  it("fails with the other when that is cancelled", () => {
    const work = new Deferred<string>();
    const waiter = shield(work);
    work.cancel();
    expect(errorOf(waiter)).to.be.instanceOf(CancelledError);
  });
});
