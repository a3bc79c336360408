import { expect } from "chai";
import { Deferred, fail, Failure, maybeDeferred, succeed } from "skein/defer";
import { afterMicrotasks, raise, watch } from "../support/outcomes.ts";

describe("maybeDeferred", () => {
  it("passes the arguments, and gives a value as a fired Deferred", () => {
    const deferred = maybeDeferred((a: number, b: number) => a + b, 1, 2);
    expect(watch(deferred)).to.deep.equal([3]);
  });

  it("gives what is thrown as a failure", () => {
    for (const thrown of [new Error("planted"), undefined, "text"]) {
      const deferred = maybeDeferred(() => {
        raise(thrown);
      });
      expect(watch(deferred)).to.deep.equal([{ failed: thrown }]);
    }
  });

  it("gives a returned Failure as a failure", () => {
    expect(watch(maybeDeferred(() => new Failure("planted")))).to.deep.equal([
      { failed: "planted" },
    ]);
  });

  it("waits for a promise", async () => {
    const outcomes = watch(maybeDeferred(async (n: number) => (await Promise.resolve(n)) + 1, 1));
    expect(outcomes).to.deep.equal([]);
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([2]);
  });

  it("fails when the promise rejects", async () => {
    const outcomes = watch(maybeDeferred(() => Promise.reject(new Error("planted"))));
    await afterMicrotasks();
    expect(outcomes[0]).to.have.property("failed").with.property("message", "planted");
  });

  it("waits for any object with a then method", async () => {
    const outcomes = watch(
      maybeDeferred((): PromiseLike<string> => ({
        then(fulfil) {
          fulfil?.("value");
          return new Promise<never>(() => {});
        },
      })),
    );
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("fails when getting the then method throws", () => {
    const deferred = maybeDeferred(() => ({
      get then(): unknown {
        return raise("planted");
      },
    }));
    expect(watch(deferred)).to.deep.equal([{ failed: "planted" }]);
  });

  it("passes a Deferred through as it is", () => {
    const pending = new Deferred<number>();
    expect(maybeDeferred(() => pending)).to.equal(pending);
    const failed = fail("planted");
    expect(maybeDeferred(() => failed)).to.equal(failed);
    expect(watch(failed)).to.deep.equal([{ failed: "planted" }]);
  });
});

describe("succeed", () => {
  it("gives a Deferred that has fired with the value", () => {
    const deferred = succeed({ a: 1 });
    expect(deferred.called).to.equal(true);
    expect(watch(deferred)).to.deep.equal([{ a: 1 }]);
  });

  it("refuses a Deferred", () => {
    expect(() => succeed(new Deferred())).to.throw(TypeError);
  });
});

describe("fail", () => {
  it("gives a Deferred that has failed with anything", () => {
    for (const error of [new Error("planted"), undefined, null, "text"]) {
      const deferred = fail(error);
      expect(deferred.called).to.equal(true);
      expect(watch(deferred)).to.deep.equal([{ failed: error }]);
    }
  });

  it("takes a Failure as it is", () => {
    expect(watch(fail(new Failure("planted")))).to.deep.equal([{ failed: "planted" }]);
  });
});
