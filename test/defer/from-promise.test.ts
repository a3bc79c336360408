import { expect } from "chai";
import { CancelledError, Failure, fromPromise } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("fromPromise", () => {
  const unhandled = collectUnhandled();

  it("fires with the promise's value", async () => {
    const outcomes = watch(fromPromise(Promise.resolve("value")));
    expect(outcomes).to.deep.equal([]);
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("fails with the promise's reason, whatever it is", async () => {
    for (const reason of [new Error("planted"), undefined, "text"]) {
      const outcomes = watch(fromPromise(Promise.reject(reason)));
      await afterMicrotasks();
      expect(outcomes).to.deep.equal([{ failed: reason }]);
    }
  });

  it("fails with a Failure that the promise is fulfilled with", async () => {
    const outcomes = watch(fromPromise(Promise.resolve(new Failure("planted"))));
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([{ failed: "planted" }]);
  });

  it("fails at once when it is cancelled; the promise's value is then ignored", async () => {
    const deferred = fromPromise(Promise.resolve("too late"));
    deferred.cancel();
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("handles the promise's rejection after it is cancelled", async () => {
    const deferred = fromPromise(Promise.reject(new Error("too late")));
    deferred.cancel();
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("reports a rejection that nobody handles", async () => {
    fromPromise(Promise.reject(new Error("planted")));
    await afterMicrotasks();
    expect(unhandled.map(String)).to.deep.equal(["Error: planted"]);
  });

  it("fails when a then method throws", async () => {
    const outcomes = watch(
      fromPromise({
        then(): never {
          throw new Error("planted");
        },
      }),
    );
    await afterMicrotasks();
    expect(outcomes[0]).to.have.property("failed").with.property("message", "planted");
  });

  it("waits on, when a then method gives another promise", async () => {
    const nested: PromiseLike<unknown> = {
      then(fulfil) {
        fulfil?.(Promise.resolve("value"));
        return new Promise<never>(() => {});
      },
    };
    const outcomes = watch(fromPromise(nested));
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });
});
