import { expect } from "chai";
import { AlreadyCalledError, CancelledError, Deferred, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("chainDeferred", () => {
  const unhandled = collectUnhandled();

  it("hands the value on, keeps nothing, and returns the Deferred itself", () => {
    const [from, to] = [new Deferred<string>(), new Deferred<string>()];
    expect(from.chainDeferred(to)).to.equal(from);
    const log: unknown[] = [];
    from.addBoth((result) => log.push(["from", result]));
    to.addBoth((result) => log.push(["to", result]));
    from.callback("value");
    expect(log).to.deep.equal([
      ["to", "value"],
      ["from", undefined],
    ]);
  });

  it("hands a failure on, which is reported once unless it is handled there", async () => {
    for (const handled of [true, false]) {
      const [from, to] = [new Deferred<string>(), new Deferred<string>()];
      from.chainDeferred(to);
      if (handled) expect(watch(to)).to.deep.equal([]);
      from.errback(handled ? "handled" : "planted");
      expect(watch(from)).to.deep.equal([undefined]);
    }
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });

  it("hands on at once what is there already, as the callbacks before made it", () => {
    const to = new Deferred<number>();
    succeed("value")
      .addCallback((text) => text.length)
      .chainDeferred(to);
    expect(watch(to)).to.deep.equal([5]);
  });

  it("fails with AlreadyCalledError when the other one has fired already", () => {
    const from = succeed("value");
    from.chainDeferred(succeed("another"));
    expect(errorOf(from)).to.be.instanceOf(AlreadyCalledError);
  });

  it("15: cancelling downstream does not reach upstream", () => {
    let calls = 0;
    const from = new Deferred<string>(() => void calls++);
    const to = new Deferred<string>();
    from.chainDeferred(to);
    to.cancel();
    expect(errorOf(to)).to.be.instanceOf(CancelledError);
    expect([calls, from.called]).to.deep.equal([0, false]);
    from.callback("swallowed by the cancelled one");
    expect(watch(from)).to.deep.equal([undefined]);
  });

  it("15: cancelling upstream reaches downstream", () => {
    const [from, to] = [new Deferred<string>(), new Deferred<string>()];
    from.chainDeferred(to);
    from.cancel();
    expect(errorOf(to)).to.be.instanceOf(CancelledError);
    expect(watch(from)).to.deep.equal([undefined]);
  });
});
