import { expect } from "chai";
import { CancelledError, Deferred, Failure, fromPromise, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

/** Work that rejects with the signal's reason when it is aborted, as fetch does. */
function abortable(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

describe("fromPromise of a function", () => {
  const unhandled = collectUnhandled();

  it("calls it at once, and fires with what its promise comes to", async () => {
    const signals: AbortSignal[] = [];
    const outcomes = watch(
      fromPromise(async (signal) => {
        signals.push(signal);
        return "value";
      }),
    );
    expect(signals[0]).to.be.instanceOf(AbortSignal);
    expect(outcomes).to.deep.equal([]);
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
    expect(signals[0]?.aborted).to.equal(false);
  });

  it("fails with what its promise rejects with, or is fulfilled with as a Failure", async () => {
    const rejected = watch(fromPromise(() => Promise.reject(new Failure("rejected"))));
    const fulfilled = watch(fromPromise(() => Promise.resolve(new Failure("fulfilled"))));
    await afterMicrotasks();
    expect(rejected).to.deep.equal([{ failed: "rejected" }]);
    expect(fulfilled).to.deep.equal([{ failed: "fulfilled" }]);
  });

  it("fails at once with what the function throws", () => {
    const planted = new Error("planted");
    expect(watch(fromPromise(() => raise(planted)))).to.deep.equal([{ failed: planted }]);
  });

  it("waits for a Deferred that the function returns", async () => {
    const outcomes = watch(fromPromise(() => succeed("value")));
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("takes a function with a then method for the promise that it is", async () => {
    const callable = Object.assign(() => raise("called"), {
      then: (fulfil: (value: string) => void) => fulfil("value"),
    });
    const outcomes = watch(fromPromise(callable as never));
    await afterMicrotasks();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("aborts the signal when it is cancelled, with the error that it fails with", () => {
    let given: AbortSignal | undefined;
    const log: string[] = [];
    const deferred = fromPromise((signal) => {
      given = signal;
      signal.addEventListener("abort", () => log.push("aborted"));
      return abortable(signal);
    });
    deferred.addErrback((failure) => {
      log.push("failed");
      return failure;
    });
    deferred.cancel();
    expect(log).to.deep.equal(["aborted", "failed"]);
    expect(errorOf(deferred)).to.be.instanceOf(CancelledError).and.equal(given?.reason);
  });

  it("does not wait for the work to end, and ignores what comes of it", async () => {
    for (const end of ["resolve", "reject"] as const) {
      let settle = (): void => {};
      const work = new Promise<string>((resolve, reject) => {
        settle = () => (end === "resolve" ? resolve : reject)("too late");
      });
      const deferred = fromPromise(() => work);
      deferred.cancel();
      settle();
      expect(errorOf(deferred)).to.be.instanceOf(CancelledError);
    }
    fromPromise(abortable)
      .addErrback((failure) => void failure.trap(CancelledError))
      .cancel();
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("leaves the signal alone when it has its result", async () => {
    let given: AbortSignal | undefined;
    const deferred = fromPromise((signal) => {
      given = signal;
      return Promise.resolve("value");
    });
    await afterMicrotasks();
    deferred.cancel();
    expect(given?.aborted).to.equal(false);
    expect(watch(deferred)).to.deep.equal(["value"]);
  });

  it("is cancelled through the chain that waits for it", () => {
    let given: AbortSignal | undefined;
    const chain = succeed("url").addCallback(() =>
      fromPromise((signal) => {
        given = signal;
        return abortable(signal);
      }),
    );
    chain.cancel();
    expect(given?.aborted).to.equal(true);
    expect(errorOf(chain)).to.be.instanceOf(CancelledError);
  });

  it("lets a listener of the signal cancel it again, or fire it", async () => {
    const answers = new Deferred<string>();
    const again: Deferred<string> = fromPromise((signal) => {
      signal.addEventListener("abort", () => again.cancel());
      return answers;
    });
    again.cancel();
    expect(errorOf(again)).to.be.instanceOf(CancelledError);
    const partial: Deferred<string> = fromPromise((signal) => {
      signal.addEventListener("abort", () => partial.callback("partial"));
      return answers;
    });
    partial.cancel();
    expect(watch(partial)).to.deep.equal(["partial"]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("reports a failure that nobody handles", async () => {
    fromPromise(() => Promise.reject(new Error("planted")));
    await afterMicrotasks();
    expect(unhandled.map(String)).to.deep.equal(["Error: planted"]);
  });
});
