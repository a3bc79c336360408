import { expect } from "chai";
import { Deferred, fail, Failure, inlineCallbacks, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, watch } from "../support/outcomes.ts";

describe("inlineCallbacks over a function*", () => {
  const unhandled = collectUnhandled();

  it("runs synchronously to its first wait", () => {
    const log: string[] = [];
    const wait = new Deferred<string>();
    const run = inlineCallbacks(function* () {
      log.push("begins");
      log.push(yield* wait);
      log.push("ends");
    });
    const outcomes = watch(run());
    log.push("called");
    wait.callback("fired");
    log.push("after");
    expect(log).to.deep.equal(["begins", "called", "fired", "ends", "after"]);
    expect(outcomes).to.deep.equal([undefined]);
  });

  it("passes `this` and the arguments", () => {
    const counter = {
      step: 10,
      add: inlineCallbacks(function* (this: { step: number }, a: number, b: number) {
        return this.step + a + (yield* succeed(b));
      }),
    };
    expect(watch(counter.add(1, 2))).to.deep.equal([13]);
  });

  it("makes a new run of each call", () => {
    const wait = [new Deferred<string>(), new Deferred<string>()] as const;
    const run = inlineCallbacks(function* (which: 0 | 1) {
      return `${which}: ${yield* wait[which]}`;
    });
    const outcomes = [watch(run(0)), watch(run(1))];
    wait[1].callback("b");
    expect(outcomes).to.deep.equal([[], ["1: b"]]);
    wait[0].callback("a");
    expect(outcomes).to.deep.equal([["0: a"], ["1: b"]]);
  });

  it("waits for a Deferred that is yielded, untyped", () => {
    const wait = new Deferred<number>();
    const run = inlineCallbacks(function* () {
      const n: unknown = yield wait;
      return n;
    });
    const outcomes = watch(run());
    wait.callback(3);
    expect(outcomes).to.deep.equal([3]);
  });

  it("waits for a promise that is yielded", async () => {
    const run = inlineCallbacks(function* () {
      const first: unknown = yield Promise.resolve("value");
      try {
        yield Promise.reject(new Error("planted"));
      } catch (error) {
        return [first, String(error)];
      }
      return [];
    });
    const outcomes = watch(run());
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([["value", "Error: planted"]]);
  });

  it("23: sends straight back what is yielded and is not a Deferred", () => {
    const values = [1, "text", null, undefined, { a: 1 }, () => 2];
    const run = inlineCallbacks(function* () {
      const back: unknown[] = [];
      for (const value of values) back.push(yield value);
      return back;
    });
    expect(watch(run())).to.deep.equal([values]);
  });

  it("23: throws a Failure that is yielded at the yield, as Twisted does", () => {
    const run = inlineCallbacks(function* () {
      try {
        yield new Failure("planted");
      } catch (error) {
        return `caught ${String(error)}`;
      }
      return "";
    });
    expect(watch(run())).to.deep.equal(["caught planted"]);
  });

  it("23: delivers a returned Deferred raw", () => {
    const inner = new Deferred<string>();
    // oxlint-disable-next-line require-yield -- it has only a result
    const run = inlineCallbacks(function* () {
      return inner;
    });
    const outcomes = watch(run());
    expect(outcomes).to.have.lengthOf(1);
    expect(outcomes[0]).to.equal(inner);
    expect(inner.called).to.equal(false);
  });

  it("takes the result of the Deferred that it waits for", () => {
    const wait = new Deferred<string>();
    const run = inlineCallbacks(function* () {
      return yield* wait;
    });
    const outcomes = watch(run());
    const second = watch(wait);
    wait.callback("value");
    expect(outcomes).to.deep.equal(["value"]);
    expect(second).to.deep.equal([undefined]);
  });

  it("throws a failure at the yield, as the error that it wraps", () => {
    const error = new Error("planted");
    const run = inlineCallbacks(function* () {
      const caught: unknown[] = [];
      for (const wait of [fail(error), fail(undefined)]) {
        try {
          yield* wait;
        } catch (thrown) {
          caught.push(thrown);
        }
      }
      return caught;
    });
    const outcomes = watch(run());
    expect(outcomes).to.deep.equal([[error, undefined]]);
  });

  it("throws a later failure at the yield as well", () => {
    const wait = new Deferred<never>();
    const run = inlineCallbacks(function* () {
      try {
        yield* wait;
      } catch (thrown) {
        return thrown;
      }
      return "";
    });
    const outcomes = watch(run());
    wait.errback("planted");
    expect(outcomes).to.deep.equal(["planted"]);
  });

  it("fails with what it throws, at once or after a wait", () => {
    const run = inlineCallbacks(function* (wait: boolean) {
      if (wait) yield* succeed(1);
      throw new Error("planted");
    });
    for (const outcomes of [watch(run(false)), watch(run(true))]) {
      expect(outcomes[0]).to.have.property("failed").with.property("message", "planted");
    }
  });

  it("fails with an error that it does not catch, which is handled then", async () => {
    const wait = fail("planted");
    const run = inlineCallbacks(function* () {
      yield* wait;
    });
    expect(watch(run())).to.deep.equal([{ failed: "planted" }]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("reports an error that nobody handles once", async () => {
    const inner = inlineCallbacks(function* () {
      yield* fail("planted");
    });
    const outer = inlineCallbacks(function* () {
      yield* inner();
    });
    outer();
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });

  it("fails when it returns a Failure", () => {
    // oxlint-disable-next-line require-yield -- it has only a result
    const run = inlineCallbacks(function* () {
      return new Failure("planted");
    });
    expect(watch(run())).to.deep.equal([{ failed: "planted" }]);
  });

  it("fails when the arguments' defaults throw", () => {
    const run = inlineCallbacks(function* (n: number = Failure.from("planted").raise()) {
      return yield* succeed(n);
    });
    expect(watch(run())).to.deep.equal([{ failed: "planted" }]);
  });

  it("runs its finally blocks", () => {
    const log: string[] = [];
    const run = inlineCallbacks(function* () {
      try {
        yield* fail("planted");
      } finally {
        log.push(yield* succeed("cleaned up"));
      }
    });
    expect(watch(run())).to.deep.equal([{ failed: "planted" }]);
    expect(log).to.deep.equal(["cleaned up"]);
  });

  it("waits for a paused Deferred until it goes on", () => {
    const wait = succeed("value");
    wait.pause();
    const run = inlineCallbacks(function* () {
      return yield* wait;
    });
    const outcomes = watch(run());
    expect(outcomes).to.deep.equal([]);
    wait.unpause();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("waits for other runs, and recurses", () => {
    const sum = inlineCallbacks(function* (n: number): Generator<unknown, number, never> {
      return n === 0 ? 0 : n + (yield* sum(n - 1));
    });
    expect(watch(sum(100))).to.deep.equal([5050]);
  });

  it("may fire inside its own body the Deferred that it waits for next", () => {
    const wait = new Deferred<string>();
    const run = inlineCallbacks(function* () {
      wait.callback("fired early");
      return yield* wait;
    });
    expect(watch(run())).to.deep.equal(["fired early"]);
  });

  it("runs after those who waited before for a Deferred that is giving its result away", () => {
    const log: string[] = [];
    const inner = new Deferred<string>();
    const outer = succeed(undefined).addCallback(() => inner);
    const note = (name: string, ...waits: Deferred<string>[]): void => {
      inlineCallbacks(function* () {
        for (const wait of waits) log.push(`${name} got ${yield* wait}`);
      })();
    };
    note("first", inner);
    note("second", outer, inner);
    inner.callback("a value");
    const order = ["second got a value", "first got undefined", "second got undefined"];
    expect(log).to.deep.equal(order);
  });

  it("goes on when a Deferred that gives its result away has called all who wait", () => {
    const log: string[] = [];
    const inner = new Deferred<string>();
    const later = new Deferred<void>();
    const outer = later.addCallback(() => inner);
    const note = (name: string, ...waits: Deferred<string>[]): void => {
      inlineCallbacks(function* () {
        for (const wait of waits) log.push(`${name} got ${yield* wait}`);
      })();
    };
    note("first", inner, inner, inner);
    note("second", outer, inner);
    later.callback();
    inner.callback("a value");
    expect(log).to.deep.equal([
      "first got a value",
      "second got undefined",
      "first got undefined",
      "first got undefined",
      "second got undefined",
    ]);
  });
});
