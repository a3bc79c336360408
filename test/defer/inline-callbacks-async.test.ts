import { expect } from "chai";
import { fail, inlineCallbacks, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, raise, watch } from "../support/outcomes.ts";

describe("inlineCallbacks over an async function*", () => {
  const unhandled = collectUnhandled();

  it("waits at `await` and at `yield`", async () => {
    const run = inlineCallbacks(async function* (text: string) {
      const awaited = await succeed(`${text} awaited`);
      const yielded: unknown = yield succeed(`${text} yielded`);
      return [awaited, yielded];
    });
    const outcomes = watch(run("text"));
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([["text awaited", "text yielded"]]);
  });

  it("passes `this` and the arguments", async () => {
    const counter = {
      step: 10,
      add: inlineCallbacks(async function* (this: { step: number }, n: number) {
        return this.step + n + ((yield 1) as number);
      }),
    };
    const outcomes = watch(counter.add(5));
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([16]);
  });

  it("throws a failure at the yield", async () => {
    const error = new Error("planted");
    const run = inlineCallbacks(async function* () {
      try {
        yield fail(error);
      } catch (thrown) {
        return thrown;
      }
      return await succeed("not thrown");
    });
    const outcomes = watch(run());
    await afterMicrotasks();
    expect(outcomes).to.have.lengthOf(1);
    expect(outcomes[0]).to.equal(error);
    expect(unhandled).to.deep.equal([]);
  });

  it("fails with what it throws", async () => {
    const run = inlineCallbacks(async function* () {
      yield 1;
      raise(await succeed("planted"));
    });
    const outcomes = watch(run());
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([{ failed: "planted" }]);
  });
});

describe("inlineCallbacks over an async function", () => {
  const unhandled = collectUnhandled();

  it("gives its result, with `this` and the arguments passed", async () => {
    const counter = {
      step: 10,
      add: inlineCallbacks(async function (this: { step: number }, n: number) {
        return this.step + (await succeed(n));
      }),
    };
    const outcomes = watch(counter.add(5));
    expect(outcomes).to.deep.equal([]);
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([15]);
  });

  it("fails with what it throws", async () => {
    const run = inlineCallbacks(async () => {
      await fail("planted");
    });
    const outcomes = watch(run());
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([{ failed: "planted" }]);
    expect(unhandled).to.deep.equal([]);
  });
});
