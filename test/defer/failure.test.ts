import { expect } from "chai";
import { CancelledError, fail, Failure, SkeinError, succeed, TimeoutError } from "skein/defer";
import { errorOf, raise, watch } from "../support/outcomes.ts";

describe("Failure", () => {
  const error = new RangeError("7 is too many");
  const failure = new Failure(error);

  it("holds what was thrown, unchanged", () => {
    expect(failure.value).to.equal(error);
    for (const thrown of [undefined, null, "", "text", 0, { a: 1 }]) {
      expect(new Failure(thrown).value).to.equal(thrown);
    }
  });

  it("has a message with the error's name", () => {
    expect(failure.message).to.equal("RangeError: 7 is too many");
    expect(new Failure(new CancelledError()).message).to.equal(
      "CancelledError: the operation was cancelled",
    );
  });

  it("has a message whatever was thrown", () => {
    expect(new Failure("text").message).to.equal("text");
    expect(new Failure(undefined).message).to.equal("undefined");
    expect(new Failure(null).message).to.equal("null");
    expect(new Failure(Symbol("odd")).message).to.equal("Symbol(odd)");
    expect(new Failure(Object.create(null)).message).to.be.a("string");
    const hostile = {
      toString(): string {
        throw new Error("not even this");
      },
    };
    expect(new Failure(hostile).message).to.be.a("string");
  });

  it("has the error's stack", () => {
    expect(failure.stack).to.equal(error.stack);
    expect(failure.stack).to.include("failure.test");
  });

  it("has its message for a stack where the error has none", () => {
    expect(new Failure("text").stack).to.equal("text");
    expect(new Failure(undefined).stack).to.equal("undefined");
    const bare = new Error("bare");
    delete bare.stack;
    expect(new Failure(bare).stack).to.equal("Error: bare");
  });

  it("reads well when printed", () => {
    expect(String(failure)).to.equal("[Failure: RangeError: 7 is too many]");
  });

  it("checks for classes: gives the first that matches", () => {
    expect(failure.check(TypeError, RangeError)).to.equal(RangeError);
    expect(failure.check(Error, RangeError)).to.equal(Error);
    expect(failure.check(TypeError, SyntaxError)).to.equal(undefined);
    expect(failure.check()).to.equal(undefined);
  });

  it("checks for base classes, abstract ones too", () => {
    expect(new Failure(new CancelledError()).check(SkeinError)).to.equal(SkeinError);
    expect(new Failure(new TimeoutError("late")).check(Error)).to.equal(Error);
  });

  it("matches no class when something else than an object was thrown", () => {
    for (const thrown of [undefined, null, "text"]) {
      expect(new Failure(thrown).check(Error, Object)).to.equal(undefined);
    }
  });

  it("traps classes: gives the one that matches", () => {
    expect(failure.trap(TypeError, RangeError)).to.equal(RangeError);
  });

  it("throws itself from trap() when no class matches", () => {
    let thrown: unknown;
    try {
      failure.trap(TypeError);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).to.equal(failure);
  });

  it("that trap() throws in an errback stays the same Failure", () => {
    let arrived: unknown;
    fail(failure)
      .addErrback((seen) => seen.trap(TypeError))
      .addErrback((seen) => {
        arrived = seen;
      });
    expect(arrived).to.equal(failure);
  });

  it("raises what was thrown", () => {
    expect(() => failure.raise()).to.throw(error);
    const raised = fail("text").addErrback((seen) => seen.raise());
    expect(watch(raised)).to.deep.equal([{ failed: "text" }]);
  });

  it("is made from anything, once", () => {
    expect(Failure.from(failure)).to.equal(failure);
    expect(Failure.from(error).value).to.equal(error);
    expect(Failure.from(undefined).value).to.equal(undefined);
  });

  it("that is thrown is not wrapped again", () => {
    const deferred = succeed(1).addCallback(() => {
      raise(failure);
    });
    expect(errorOf(deferred)).to.equal(error);
  });
});
