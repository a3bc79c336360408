import { expect } from "chai";
import { CancelledError, Deferred, fail, fork, inlineCallbacks, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

describe("fork", () => {
  const unhandled = collectUnhandled();

  it("gives each consumer the result, in order, whether it is there yet or not", () => {
    const lookup = new Deferred<string>();
    const consumer = fork(lookup);
    const log: string[] = [];
    for (const name of ["a", "b"]) consumer().addCallback((text) => log.push(`${name} ${text}`));
    expect(log).to.deep.equal([]);
    lookup.callback("value");
    expect(log).to.deep.equal(["a value", "b value"]);
    expect(watch(consumer())).to.deep.equal(["value"]);
    expect(watch(consumer())).to.deep.equal(["value"]);
  });

  it("keeps what one makes of the result from the others", () => {
    const lookup = new Deferred<number>();
    const consumer = fork(lookup);
    const first = watch(consumer().addCallback(() => raise("planted")));
    const second = watch(consumer().addCallback((n) => n + 1));
    const third = watch(consumer());
    lookup.callback(1);
    expect([first, second, third]).to.deep.equal([[{ failed: "planted" }], [2], [1]]);
  });

  it("ends only the waiting of the one that is cancelled", () => {
    let calls = 0;
    const lookup = new Deferred<number>(() => void calls++);
    const consumer = fork(lookup);
    const [first, second] = [consumer(), consumer()];
    first.cancel();
    expect(errorOf(first)).to.be.instanceOf(CancelledError);
    lookup.callback(1);
    expect([calls, watch(second)]).to.deep.equal([0, [1]]);
  });

  it("lets one consumer cancel another that is still to be told", async () => {
    const lookup = new Deferred<number>();
    const consumer = fork(lookup);
    consumer().addCallback(() => second.cancel());
    const second = consumer();
    const third = watch(consumer());
    lookup.callback(1);
    expect(errorOf(second)).to.be.instanceOf(CancelledError);
    expect(third).to.deep.equal([1]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("gives the result at once to one who comes inside another's callback", () => {
    const lookup = new Deferred<number>();
    const consumer = fork(lookup);
    const log: string[] = [];
    consumer().addCallback(() => {
      log.push("first");
      consumer().addCallback(() => log.push("inside"));
    });
    consumer().addCallback(() => log.push("second"));
    lookup.callback(1);
    expect(log).to.deep.equal(["first", "inside", "second"]);
  });

  it("leaves a failure to each consumer to handle", async () => {
    const lookup = new Deferred<number>();
    const consumer = fork(lookup);
    const handled = watch(consumer());
    consumer();
    lookup.errback("planted");
    expect(handled).to.deep.equal([{ failed: "planted" }]);
    expect(watch(consumer())).to.deep.equal([{ failed: "planted" }]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });

  it("has a failure reported when there is no consumer at all, or none is left", async () => {
    fork(fail("nobody asks"));
    const lookup = new Deferred<number>();
    const consumer = fork(lookup)();
    consumer.cancel();
    watch(consumer);
    lookup.errback("nobody is left");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["nobody asks", "nobody is left"]);
  });

  it("gives a failure that was reported to the consumer who comes for it later", async () => {
    const consumer = fork(fail("planted"));
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
    expect(watch(consumer())).to.deep.equal([{ failed: "planted" }]);
    consumer();
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted", "planted"]);
  });

  it("leaves the result in the Deferred when no consumer waits for it, and only then", () => {
    const [kept, taken] = [new Deferred<string>(), new Deferred<string>()];
    fork(kept);
    fork(taken)();
    kept.callback("kept");
    taken.callback("taken");
    expect([watch(kept), watch(taken)]).to.deep.equal([["kept"], [undefined]]);
  });

  it("leaves a failure that is there already to the consumer who comes for it", async () => {
    const consumer = fork(fail("planted"));
    expect(watch(consumer())).to.deep.equal([{ failed: "planted" }]);
    expect(watch(consumer())).to.deep.equal([{ failed: "planted" }]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("hands on a Deferred that is held raw, as it is", () => {
    const inner = new Deferred<string>();
    const lookup = new Deferred<void>();
    const raw = inlineCallbacks(function* () {
      yield* lookup;
      return inner;
    })();
    const consumer = fork(raw);
    const early: unknown[] = [];
    consumer().addCallback((value) => void early.push(value));
    lookup.callback();
    expect(early).to.deep.equal([inner]);
    const late: unknown[] = [];
    consumer().addCallback((value) => void late.push(value));
    expect(late).to.deep.equal([inner]);
  });

  it("gives all consumers the failure when the Deferred is cancelled", () => {
    const lookup = new Deferred<number>();
    const consumer = fork(lookup);
    const [first, second] = [consumer(), consumer()];
    lookup.cancel();
    expect(errorOf(first)).to.be.instanceOf(CancelledError);
    expect(errorOf(second)).to.be.instanceOf(CancelledError);
    expect(watch(succeed(0).addCallback(() => lookup))).to.deep.equal([undefined]);
  });
});
