import { expect } from "chai";
import { CancelledError, Deferred, inlineCallbacks, succeed } from "skein/defer";
import { errorOf, watch } from "../support/outcomes.ts";

/** Ten times what overflows the stack of any runtime where each link takes a frame of it. */
const LENGTH = 200_000;

describe("constant stack", function () {
  this.timeout(60_000);

  it("3: for a chain that is built before it fires", () => {
    const first = new Deferred<number>();
    let last: Deferred<number> = first;
    for (let i = 1; i < LENGTH; i++) {
      const inner = last;
      last = succeed(0)
        .addCallback(() => inner)
        .addCallback((n) => n + 1);
    }
    const outcomes = watch(last);
    first.callback(1);
    expect(outcomes).to.deep.equal([LENGTH]);
  });

  it("3: for a chain whose links are all unfired, and fired from the outermost", () => {
    const links = Array.from({ length: LENGTH }, () => new Deferred<number>());
    for (let i = 1; i < LENGTH; i++) {
      const inner = links[i - 1] as Deferred<number>;
      links[i] = (links[i] as Deferred<number>).addCallback(() => inner);
    }
    const outcomes = watch(links.at(-1) as Deferred<number>);
    for (let i = LENGTH - 1; i >= 0; i--) links[i]?.callback(i);
    expect(outcomes).to.deep.equal([0]);
  });

  it("3: for a chain of Deferreds that have fired already", () => {
    let last = succeed(1);
    for (let i = 1; i < LENGTH; i++) {
      const inner = last;
      last = succeed(0)
        .addCallback(() => inner)
        .addCallback((n) => n + 1);
    }
    expect(watch(last)).to.deep.equal([LENGTH]);
  });

  it("3: for a failure that goes down a chain", () => {
    const first = new Deferred<number>();
    let last: Deferred<number> = first;
    for (let i = 1; i < LENGTH; i++) {
      const inner = last;
      last = succeed(0).addCallback(() => inner);
    }
    const outcomes = watch(last);
    first.errback("planted");
    expect(outcomes).to.deep.equal([{ failed: "planted" }]);
  });

  it("13: for the cancellation of a chain", () => {
    let last: Deferred<number> = new Deferred();
    for (let i = 1; i < LENGTH; i++) {
      const inner = last;
      last = succeed(0).addCallback(() => inner);
    }
    last.cancel();
    expect(errorOf(last)).to.be.instanceOf(CancelledError);
  });

  it("2: for callbacks that are added inside callbacks", () => {
    const deferred = new Deferred<number>();
    const add = (left: number): void => {
      deferred.addCallback((n) => {
        if (left > 0) add(left - 1);
        return n + 1;
      });
    };
    add(100_000);
    deferred.callback(0);
    expect(watch(deferred)).to.deep.equal([100_001]);
  });

  it("23: for fired Deferreds that a generator waits for", () => {
    const count = inlineCallbacks(function* () {
      let sum = 0;
      for (let i = 0; i < LENGTH; i++) sum += yield* succeed(1);
      return sum;
    });
    expect(watch(count())).to.deep.equal([LENGTH]);
  });

  it("23: for plain values that a generator yields", () => {
    const count = inlineCallbacks(function* () {
      let sum = 0;
      for (let i = 0; i < LENGTH; i++) sum += (yield 1) as number;
      return sum;
    });
    expect(watch(count())).to.deep.equal([LENGTH]);
  });
});
