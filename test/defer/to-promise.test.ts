import { expect } from "chai";
import { getEventListeners } from "node:events";
import { CancelledError, Deferred, fail, succeed, toPromise } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

/** What a promise ends with. */
const settled = (promise: Promise<unknown>): Promise<PromiseSettledResult<unknown>> =>
  Promise.allSettled([promise]).then(([outcome]) => outcome);

describe("toPromise", () => {
  const unhandled = collectUnhandled();

  it("gives a native promise, for the value or the error", async () => {
    const deferred = new Deferred<string>();
    const promise = toPromise(deferred);
    expect(promise).to.be.instanceOf(Promise);
    deferred.callback("value");
    expect(await promise).to.equal("value");
    const planted = new Error("planted");
    expect(await settled(toPromise(fail(planted)))).to.have.property("reason", planted);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("leaves the result in its place", async () => {
    const deferred = succeed("value");
    expect([await toPromise(deferred), await toPromise(deferred)]).to.deep.equal([
      "value",
      "value",
    ]);
    expect(watch(deferred)).to.deep.equal(["value"]);
  });

  it("is for the result at this place of the chain", async () => {
    const deferred = succeed(1);
    const promise = toPromise(deferred);
    deferred.addCallback((n) => n + 1);
    expect([await promise, await toPromise(deferred)]).to.deep.equal([1, 2]);
  });

  it("cancels the Deferred when the signal is aborted", async () => {
    const controller = new AbortController();
    let cancelled = 0;
    const deferred = new Deferred<string>(() => void cancelled++);
    const promise = toPromise(deferred, { signal: controller.signal });
    controller.abort("reason");
    const outcome = await settled(promise);
    expect(cancelled).to.equal(1);
    expect(outcome).to.have.property("reason").that.is.instanceOf(CancelledError);
    expect(outcome).to.have.nested.property("reason.cause", "reason");
    expect(errorOf(deferred)).to.equal((outcome as PromiseRejectedResult).reason);
  });

  it("cancels at once when the signal is aborted already", async () => {
    const deferred = new Deferred<string>();
    const promise = toPromise(deferred, { signal: AbortSignal.abort() });
    expect(deferred.called).to.equal(true);
    expect(await settled(promise)).to.have.property("status", "rejected");
  });

  it("keeps no listener on the signal when it is settled", async () => {
    const { signal } = new AbortController();
    const deferred = new Deferred<string>();
    const promise = toPromise(deferred, { signal });
    deferred.callback("value");
    await promise;
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
  });

  it("leaves a rejection that nobody handles to the promise: it is reported once", async () => {
    const { length } = unhandled;
    void toPromise(fail("planted")).catch((error: unknown) => unhandled.push(["caught", error]));
    await afterMicrotasks();
    expect(unhandled.slice(length)).to.deep.equal([["caught", "planted"]]);
  });
});
