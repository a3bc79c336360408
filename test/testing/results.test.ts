import { expect } from "chai";
import { Deferred, fail, setDebugging, succeed } from "skein/defer";
import { assertNoResult, failureResultOf, successResultOf, WrongResultError } from "skein/testing";
import { afterMicrotasks, collectUnhandled } from "../support/outcomes.ts";

describe("the result of a Deferred", () => {
  const unhandled = collectUnhandled();

  afterEach(async () => {
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("is taken where it is a value", () => {
    const deferred = succeed({ tea: 1 });
    expect(successResultOf(deferred)).to.deep.equal({ tea: 1 });
    expect(successResultOf(deferred)).to.equal(undefined);
  });

  it("is taken where it is a failure, and not reported", () => {
    const error = new RangeError("cold");
    expect(failureResultOf(fail(error)).value).to.equal(error);
    expect(failureResultOf(fail(error), TypeError, RangeError).value).to.equal(error);
  });

  it("may still be to come, and comes then as ever", () => {
    const deferred = new Deferred<string>();
    assertNoResult(deferred);
    deferred.callback("tea");
    expect(successResultOf(deferred)).to.equal("tea");
  });

  it("is not there while its chain waits", () => {
    const inner = new Deferred<void>();
    const outer = succeed(1).addCallback(() => inner);
    assertNoResult(outer);
    inner.callback();
    successResultOf(outer);
  });

  it("is said where it is another one, with the failure as the cause", () => {
    const cold = new RangeError("cold");
    const cases: [() => unknown, string, unknown?][] = [
      [() => successResultOf(new Deferred()), "to have succeeded, but it has no result"],
      [
        () => successResultOf(fail(cold)),
        "to have succeeded, but it has failed with RangeError: cold",
        cold,
      ],
      [() => failureResultOf(new Deferred()), "to have failed, but it has no result"],
      [() => failureResultOf(succeed("tea")), 'to have failed, but it has succeeded with "tea"'],
      [
        () => failureResultOf(fail(cold), TypeError, SyntaxError),
        "to have failed with TypeError or SyntaxError, but it has failed with RangeError: cold",
        cold,
      ],
      [() => assertNoResult(succeed([1])), "to have no result yet, but it has succeeded with [1]"],
      [
        () => assertNoResult(fail(cold)),
        "to have no result yet, but it has failed with RangeError",
        cold,
      ],
    ];
    for (const [look, message, cause] of cases) {
      expect(look)
        .to.throw(WrongResultError, message)
        .that.satisfies((error: Error) => error.cause === cause);
    }
  });

  it("says where the Deferred was made, when that is known", () => {
    setDebugging(true);
    const deferred = new Deferred();
    setDebugging(false);
    expect(() => successResultOf(deferred)).to.throw(
      /the Deferred was made\n +at .*results\.test\.ts/,
    );
  });
});
