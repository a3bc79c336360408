import * as chai from "chai";
import { Deferred, fail, succeed } from "skein/defer";
import { createReactor } from "skein/reactor";
import { skeinChai } from "skein/testing/chai";
import { afterMicrotasks, collectUnhandled } from "../support/outcomes.ts";

chai.use(skeinChai);
const { expect } = chai;

/** What an assertion says when it fails. */
function complaint(assertion: () => unknown): string {
  try {
    assertion();
  } catch (error) {
    expect(error).to.be.instanceOf(chai.AssertionError);
    return (error as Error).message;
  }
  throw new Error("the assertion holds");
}

describe("the plugin for chai", () => {
  const unhandled = collectUnhandled();

  afterEach(async () => {
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("looks at values, deeply, and leaves them in their place", () => {
    const deferred = succeed({ cups: [1, 2] });
    expect(deferred).to.have.succeededWith({ cups: [1, 2] });
    expect(deferred).not.to.have.succeededWith({ cups: [1] });
    expect(deferred).to.have.succeededWith({ cups: [1, 2] });
    expect(succeed(undefined)).to.have.succeededWith(undefined);
    expect(new Deferred()).not.to.have.succeededWith(undefined);
  });

  it("looks at failures: at all, by class, by message", () => {
    const error = new RangeError("the tea is cold");
    expect(fail(error)).to.have.failedWith();
    expect(fail(error)).to.have.failedWith(Error);
    expect(fail(error)).to.have.failedWith(RangeError, /cold/g);
    expect(fail(error)).not.to.have.failedWith(TypeError);
    expect(fail(error)).not.to.have.failedWith(RangeError, /warm/);
    expect(fail("text")).to.have.failedWith(undefined, /ex/);
    expect(succeed(error)).not.to.have.failedWith();
  });

  it("tells those that have no result from those that have", () => {
    const deferred = new Deferred();
    expect(deferred).to.be.unfired;
    deferred.callback(1);
    expect(deferred).not.to.be.unfired;
    expect(fail(new Error("x"))).not.to.be.unfired;
  });

  it("says what it has found in place of what was expected", () => {
    const cold = new RangeError("cold");
    expect(complaint(() => expect(succeed("tea")).to.have.succeededWith("milk"))).to.equal(
      `expected the Deferred to have succeeded with 'milk', but it has succeeded with "tea"`,
    );
    expect(complaint(() => expect(new Deferred()).to.have.succeededWith(1))).to.equal(
      "expected the Deferred to have succeeded with 1, but it has no result",
    );
    expect(complaint(() => expect(fail(cold)).to.have.succeededWith(1))).to.match(
      /succeeded with 1, but it has failed with RangeError: cold\n +at /,
    );
    expect(complaint(() => expect(succeed(1)).to.have.failedWith(RangeError, /x/))).to.equal(
      "expected the Deferred to have failed with RangeError, /x/, but it has succeeded with 1",
    );
    expect(complaint(() => expect(succeed(1)).to.be.unfired)).to.equal(
      "expected the Deferred to have no result yet, but it has succeeded with 1",
    );
    expect(complaint(() => expect(fail(cold)).not.to.have.failedWith(RangeError))).to.equal(
      "expected the Deferred not to have failed with RangeError",
    );
  });

  it("has a difference shown where there are two values", () => {
    try {
      expect(succeed([1])).to.have.succeededWith([2]);
    } catch (error) {
      expect(error).to.include({ showDiff: true }).and.to.have.deep.property("actual", [1]);
      return;
    }
    throw new Error("the assertion holds");
  });

  it("knows whether a reactor is clean, and what is left on it", () => {
    const reactor = createReactor("clock");
    expect(reactor).to.be.clean;
    const call = reactor.callLater(180, function boil() {});
    expect(reactor).not.to.be.clean;
    expect(complaint(() => expect(reactor).to.be.clean)).to.equal(
      "expected the reactor to be clean, but 1 thing is left on it:\n" +
        "  delayed call: boil(), at 180 s",
    );
    call.cancel();
    expect(complaint(() => expect(reactor).not.to.be.clean)).to.include("nothing is open on it");
  });

  it("says that it was given something else", () => {
    expect(complaint(() => expect(7).to.have.succeededWith(7))).to.equal(
      "expected 7 to be a Deferred",
    );
    expect(complaint(() => expect(Promise.resolve()).not.to.be.unfired)).to.match(/be a Deferred$/);
    expect(complaint(() => expect({}).to.be.clean)).to.equal("expected {} to be a reactor");
    expect(complaint(() => expect(undefined).to.be.clean)).to.match(/to be a reactor$/);
  });
});
