import { expect } from "chai";
import { Deferred, inlineCallbacks, maybeDeferred, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

/** A `then` method alone, as some libraries have it. */
function thenable<T>(then: PromiseLike<T>["then"]): PromiseLike<T> {
  return { then };
}

describe("a callback that returns a promise", () => {
  const unhandled = collectUnhandled();

  it("makes the chain wait for it", async () => {
    const outcomes = watch(succeed(0).addCallback(() => Promise.resolve("value")));
    expect(outcomes).to.deep.equal([]);
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("makes the chain fail when it rejects", async () => {
    const outcomes = watch(succeed(0).addCallback(() => Promise.reject(new Error("planted"))));
    await afterMicrotasks();
    expect(outcomes).to.have.lengthOf(1);
    expect(outcomes[0]).to.have.property("failed").with.property("message", "planted");
  });

  it("may be an async function", async () => {
    const outcomes = watch(
      succeed(2)
        .addCallback(async (n) => (await Promise.resolve(n)) + 1)
        .addCallback((n) => n * 2),
    );
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([6]);
  });

  it("can be cancelled: the promise's outcome is then ignored", async () => {
    let reject = (_reason: unknown): void => {};
    const promise = new Promise<string>((_resolve, rejecting) => {
      reject = rejecting;
    });
    const deferred = succeed(0).addCallback(() => promise);
    deferred.cancel();
    expect(errorOf(deferred)).to.have.property("code", "ERR_CANCELLED");
    reject(new Error("too late"));
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("may return any object with a then method", async () => {
    const outcomes = watch(
      succeed(0).addCallback(() =>
        thenable<string>((fulfil) => {
          fulfil?.("value");
          return new Promise(() => {});
        }),
      ),
    );
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("fails the chain when the then method throws", async () => {
    const outcomes = watch(
      succeed(0).addCallback(() =>
        thenable<string>(() => {
          throw new Error("planted");
        }),
      ),
    );
    await afterMicrotasks();
    expect(outcomes[0]).to.have.property("failed").with.property("message", "planted");
  });

  it("fails the chain when getting the then method throws", () => {
    const deferred = new Deferred<number>();
    deferred.addCallback(() => ({
      get then(): unknown {
        throw new Error("planted");
      },
    }));
    deferred.callback(1);
    expect(errorOf(deferred)).to.have.property("message", "planted");
  });

  it("takes the first word of an object that settles twice", async () => {
    const outcomes = watch(
      succeed(0).addCallback(() =>
        thenable<string>((fulfil, reject) => {
          fulfil?.("first");
          reject?.("second");
          return new Promise(() => {});
        }),
      ),
    );
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["first"]);
    expect(unhandled).to.deep.equal([]);
  });

  it("looks up the then method once, as a promise does", async () => {
    let lookups = 0;
    const counting = Object.defineProperty({}, "then", {
      get: () => {
        lookups++;
        return (fulfil: (value: string) => void): void => fulfil("value");
      },
    });
    const waiting = inlineCallbacks(function* () {
      return yield counting;
    });
    const makers = [
      () => succeed(0).addCallback(() => counting),
      () => maybeDeferred(() => counting),
      () => waiting(),
    ];
    for (const make of makers) {
      lookups = 0;
      const outcomes = watch(make());
      await afterMicrotasks();
      expect([outcomes, lookups]).to.deep.equal([["value"], 1]);
    }
  });
});
