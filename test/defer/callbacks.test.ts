import { expect } from "chai";
import { Deferred, fail, Failure, succeed } from "skein/defer";
import { raise, watch } from "../support/outcomes.ts";

describe("callbacks", () => {
  it("1: run synchronously, inside callback()", () => {
    const log: string[] = [];
    const deferred = new Deferred<string>();
    deferred.addCallback((value) => log.push(value));
    log.push("before");
    deferred.callback("fired");
    log.push("after");
    expect(log).to.deep.equal(["before", "fired", "after"]);
  });

  it("1: run inside errback()", () => {
    const deferred = new Deferred<string>();
    const outcomes = watch(deferred);
    deferred.errback("no");
    expect(outcomes).to.deep.equal([{ failed: "no" }]);
  });

  it("1: run inside addCallback() once it has fired", () => {
    const log: string[] = [];
    const deferred = succeed("value");
    deferred.addCallback((value) => log.push(value));
    log.push("after");
    expect(log).to.deep.equal(["value", "after"]);
  });

  it("2: one that is added by a callback runs when that one has returned", () => {
    const log: string[] = [];
    const deferred = new Deferred<number>();
    deferred.addCallback((n) => {
      log.push("first begins");
      deferred.addCallback((result) => log.push(`added gets ${result}`));
      log.push("first ends");
      return n + 1;
    });
    deferred.callback(1);
    expect(log).to.deep.equal(["first begins", "first ends", "added gets 2"]);
  });

  it("2: one that is added by a callback runs after those that were there", () => {
    const log: string[] = [];
    const deferred = new Deferred<void>();
    deferred.addCallback(() => {
      deferred.addCallback(() => log.push("added"));
    });
    deferred.addCallback(() => log.push("second"));
    deferred.addCallback(() => log.push("third"));
    deferred.callback();
    expect(log).to.deep.equal(["second", "third", "added"]);
  });

  it("2: one that is added by a callback of a fired Deferred waits as well", () => {
    const log: string[] = [];
    const deferred = succeed(0);
    deferred.addCallback(() => {
      deferred.addCallback(() => log.push("inner"));
      log.push("outer");
    });
    expect(log).to.deep.equal(["outer", "inner"]);
  });

  it("2: one that is added from a callback of another Deferred runs at once", () => {
    const log: string[] = [];
    const other = succeed("other");
    const deferred = succeed("this");
    deferred.addCallback(() => {
      other.addCallback((value) => log.push(value));
      log.push("after");
    });
    expect(log).to.deep.equal(["other", "after"]);
  });

  it("4: the errback of addCallbacks does not see its own callback's failure", () => {
    const thrown = new Error("from the callback");
    const log: unknown[] = [];
    const deferred = succeed(1).addCallbacks(
      () => {
        raise(thrown);
      },
      (failure) => log.push(failure),
    );
    expect(watch(deferred)).to.deep.equal([{ failed: thrown }]);
    expect(log).to.deep.equal([]);
  });

  it("4: the callback of addCallbacks does not see what its own errback returns", () => {
    const log: unknown[] = [];
    const deferred = fail(new Error("planted")).addCallbacks(
      (value) => log.push(value),
      () => "rescued",
    );
    expect(watch(deferred)).to.deep.equal(["rescued"]);
    expect(log).to.deep.equal([]);
  });

  it("each get what the one before it returned", () => {
    const deferred = succeed(1)
      .addCallback((n) => n + 1)
      .addCallback((n) => `${n}!`);
    expect(watch(deferred)).to.deep.equal(["2!"]);
  });

  it("run in the order they were added, more than a few too", () => {
    const log: number[] = [];
    const deferred = new Deferred<void>();
    for (let i = 0; i < 10; i++) deferred.addCallback(() => void log.push(i));
    deferred.callback();
    for (let i = 10; i < 13; i++) deferred.addCallback(() => void log.push(i));
    expect(log).to.deep.equal(Array.from({ length: 13 }, (_, i) => i));
  });

  it("are called once each", () => {
    const log: string[] = [];
    const deferred = new Deferred<string>();
    deferred.addCallback((text) => log.push(text));
    deferred.callback("once");
    deferred.addCallback(() => {});
    expect(log).to.deep.equal(["once"]);
  });

  it("that throw send the chain to the next errback, past the callbacks between", () => {
    const log: unknown[] = [];
    const deferred = succeed(1)
      .addCallback((): number => {
        throw new RangeError("planted");
      })
      .addCallback((n) => log.push(n))
      .addErrback((failure) => failure.message);
    expect(watch(deferred)).to.deep.equal(["RangeError: planted"]);
    expect(log).to.deep.equal([]);
  });

  it("that throw something else than an Error pass it on as it is", () => {
    for (const thrown of [undefined, null, "text", 0, { code: 7 }]) {
      const deferred = succeed(1).addCallback(() => {
        raise(thrown);
      });
      expect(watch(deferred)).to.deep.equal([{ failed: thrown }]);
    }
  });

  it("that return a Failure send the chain to the next errback", () => {
    const deferred = succeed(1).addCallback(() => new Failure("planted"));
    expect(watch(deferred)).to.deep.equal([{ failed: "planted" }]);
  });

  it("go on behind an errback that returns a value", () => {
    const deferred = fail("planted")
      .addErrback(() => 5)
      .addCallback((n) => n + 1);
    expect(watch(deferred)).to.deep.equal([6]);
  });

  it("go on behind an errback that returns nothing", () => {
    const deferred = fail("planted").addErrback(() => {});
    expect(watch(deferred)).to.deep.equal([undefined]);
  });

  it("are passed by when an errback throws, or returns its Failure", () => {
    const rethrown = fail("planted").addErrback((failure) => failure.raise());
    const returned = fail("planted").addErrback((failure) => failure);
    const changed = fail("planted").addErrback(() => {
      raise("changed");
    });
    expect(watch(rethrown.addCallback(() => "passed by"))).to.deep.equal([{ failed: "planted" }]);
    expect(watch(returned.addCallback(() => "passed by"))).to.deep.equal([{ failed: "planted" }]);
    expect(watch(changed.addCallback(() => "passed by"))).to.deep.equal([{ failed: "changed" }]);
  });

  it("and errbacks pass by what is not theirs", () => {
    expect(watch(succeed(1).addErrback(() => 2))).to.deep.equal([1]);
    expect(watch(fail(1).addCallback(() => 2))).to.deep.equal([{ failed: 1 }]);
  });

  it("see both sides with addBoth", () => {
    const both = (result: unknown): string =>
      result instanceof Failure ? `failed ${String(result.value)}` : `got ${String(result)}`;
    expect(watch(succeed(1).addBoth(both))).to.deep.equal(["got 1"]);
    expect(watch(fail(1).addBoth(both))).to.deep.equal(["failed 1"]);
  });

  it("are added to the Deferred itself, which is returned", () => {
    const deferred = new Deferred<number>();
    const nothing = (): void => {};
    expect(deferred.addCallback(nothing)).to.equal(deferred);
    expect(deferred.addErrback(nothing)).to.equal(deferred);
    expect(deferred.addBoth(nothing)).to.equal(deferred);
    expect(deferred.addCallbacks(nothing, nothing)).to.equal(deferred);
  });
});
