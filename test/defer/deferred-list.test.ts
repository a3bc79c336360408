import { expect } from "chai";
import {
  CancelledError,
  Deferred,
  DeferredList,
  fail,
  Failure,
  FirstError,
  inlineCallbacks,
  SkeinError,
  succeed,
} from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

/** The outcomes of a list, with what the failures wrap. */
function plain(list: Deferred<unknown>): unknown[] {
  return watch(
    list.addCallback((outcomes) =>
      (outcomes as readonly [boolean, unknown][]).map(([success, result]): unknown[] => [
        success,
        result instanceof Failure ? result.value : result,
      ]),
    ),
  );
}

describe("DeferredList", () => {
  const unhandled = collectUnhandled();

  it("fires with the outcome of each, in their order, when all have fired", () => {
    const [a, b, c] = [new Deferred<number>(), new Deferred<number>(), new Deferred<number>()];
    const outcomes = plain(new DeferredList([a, b, c], { consumeErrors: true }));
    c.callback(3);
    b.errback("planted");
    expect(outcomes).to.deep.equal([]);
    a.callback(1);
    expect(outcomes).to.deep.equal([
      [
        [true, 1],
        [false, "planted"],
        [true, 3],
      ],
    ]);
  });

  it("takes fired and unfired ones, from any iterable", () => {
    const unfired = new Deferred<number>();
    const outcomes = plain(new DeferredList(new Set([succeed(1), unfired, succeed(3)])));
    unfired.callback(2);
    expect(outcomes).to.deep.equal([
      [
        [true, 1],
        [true, 2],
        [true, 3],
      ],
    ]);
  });

  it("leaves each its result, for those who come after, and fires before them", () => {
    const [a, b] = [new Deferred<number>(), new Deferred<number>()];
    const log: string[] = [];
    new DeferredList([a, b]).addCallback(() => log.push("list"));
    a.addCallback((value) => log.push(`a after ${value}`));
    b.addCallback((value) => log.push(`b after ${value}`));
    b.callback(2);
    a.callback(1);
    expect(log).to.deep.equal(["b after 2", "list", "a after 1"]);
  });

  it("waits for what the callbacks that were added before make of it", () => {
    const inner = new Deferred<string>();
    const outcomes = plain(new DeferredList([succeed(1).addCallback(() => inner)]));
    expect(outcomes).to.deep.equal([]);
    inner.callback("inner");
    expect(outcomes).to.deep.equal([[[true, "inner"]]]);
  });

  it("leaves a failure to each to handle, unless consumeErrors", async () => {
    const [left, consumed] = [fail("left"), fail("consumed")];
    expect(plain(new DeferredList([left]))).to.deep.equal([[[false, "left"]]]);
    const list = new DeferredList([consumed], { consumeErrors: true });
    expect(plain(list)).to.deep.equal([[[false, "consumed"]]]);
    expect(watch(consumed)).to.deep.equal([undefined]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["left"]);
    expect(watch(left)).to.deep.equal([{ failed: "left" }]);
  });

  it("takes a Deferred that is given twice", () => {
    const value = new Deferred<number>();
    const values = plain(new DeferredList([value, succeed(2), value]));
    value.callback(1);
    expect(values).to.deep.equal([
      [
        [true, 1],
        [true, 2],
        [true, 1],
      ],
    ]);
    const failing = new Deferred<number>();
    const failures = plain(new DeferredList([failing, failing]));
    failing.errback("planted");
    expect(failures).to.deep.equal([
      [
        [false, "planted"],
        [false, "planted"],
      ],
    ]);
    watch(failing);
  });

  it("takes lists", () => {
    const [a, b] = [new Deferred<number>(), new Deferred<number>()];
    const inner = [new DeferredList([a]), new DeferredList([b])];
    const outcomes = watch(new DeferredList(inner));
    b.callback(2);
    a.callback(1);
    expect(outcomes).to.deep.equal([
      [
        [true, [[true, 1]]],
        [true, [[true, 2]]],
      ],
    ]);
  });

  it("lets the callback of one cancel another", () => {
    const [a, b] = [new Deferred<number>(), new Deferred<number>()];
    a.addCallback((value) => {
      b.cancel();
      return value;
    });
    const list = new DeferredList([a, b], { consumeErrors: true });
    a.callback(1);
    expect(watch(list)).to.have.nested.property("[0][1][1].value").instanceOf(CancelledError);
    expect(watch(a)).to.deep.equal([1]);
  });

  describe("with fireOnOneCallback", () => {
    it("fires with the value and index of the first that has a value", () => {
      const [a, b, c] = [new Deferred<string>(), new Deferred<string>(), new Deferred<string>()];
      const options = { fireOnOneCallback: true, consumeErrors: true } as const;
      const outcomes = watch(new DeferredList([a, b, c], options));
      a.errback("planted");
      expect(outcomes).to.deep.equal([]);
      c.callback("c");
      expect(outcomes).to.deep.equal([["c", 2]]);
      b.callback("b");
      expect(outcomes).to.deep.equal([["c", 2]]);
      expect([watch(b), watch(c)]).to.deep.equal([["b"], ["c"]]);
    });

    it("fires with the outcomes when all fail", () => {
      const options = { fireOnOneCallback: true, consumeErrors: true } as const;
      const list = new DeferredList([fail("one"), fail("two")], options);
      expect(plain(list)).to.deep.equal([
        [
          [false, "one"],
          [false, "two"],
        ],
      ]);
    });

    it("does not cancel the others", () => {
      const other = new Deferred<string>();
      watch(new DeferredList([succeed("first"), other], { fireOnOneCallback: true }));
      expect(other.called).to.equal(false);
    });

    it("20: throws for no Deferreds, as it could never fire", () => {
      expect(() => new DeferredList([], { fireOnOneCallback: true }))
        .to.throw(SkeinError, "no Deferreds")
        .with.property("code", "ERR_BAD_OPTION");
    });
  });

  it("20: fires with no outcomes for no Deferreds", () => {
    expect(watch(new DeferredList([]))).to.deep.equal([[]]);
    expect(watch(new DeferredList([], { fireOnOneErrback: true }))).to.deep.equal([[]]);
  });

  describe("with fireOnOneErrback", () => {
    it("fails with FirstError at the first failure", async () => {
      const [a, b, c] = [new Deferred<string>(), new Deferred<string>(), new Deferred<string>()];
      const options = { fireOnOneErrback: true, consumeErrors: true };
      const list = new DeferredList([a, b, c], options);
      c.callback("c");
      const planted = new TypeError("planted");
      b.errback(planted);
      a.errback("a too");
      const error = errorOf(list) as FirstError;
      expect(error).to.be.instanceOf(FirstError).with.property("code", "ERR_FIRST");
      expect(error.index).to.equal(1);
      expect([error.subFailure.value, error.cause]).to.deep.equal([planted, planted]);
      expect(error.message).to.contain("index 1").and.to.contain("TypeError: planted");
      await afterMicrotasks();
      expect(unhandled).to.deep.equal([]);
    });

    it("fires with the outcomes when none fails", () => {
      const list = new DeferredList([succeed(1)], { fireOnOneErrback: true });
      expect(watch(list)).to.deep.equal([[[true, 1]]]);
    });

    it("and fireOnOneCallback, the first of all counts", () => {
      const errors = { fireOnOneErrback: true, consumeErrors: true };
      const both = { fireOnOneCallback: true, ...errors } as const;
      const failed = new DeferredList([fail("planted"), succeed(1)], both);
      expect(errorOf(failed)).to.be.instanceOf(FirstError).with.property("index", 0);
      expect(watch(new DeferredList([succeed(1), fail("planted")], both))).to.deep.equal([[1, 0]]);
    });
  });

  describe("cancelled", () => {
    it("18: only cancels those that have not fired, and fires with what they make of it", () => {
      const cancelled: string[] = [];
      const fired = new Deferred<string>(() => void cancelled.push("fired"));
      fired.callback("value");
      const failing = new Deferred<string>(() => void cancelled.push("failing"));
      const partial = new Deferred<string>((deferred) => deferred.callback("partial"));
      const list = new DeferredList([fired, failing, partial], { consumeErrors: true });
      list.cancel();
      expect(cancelled).to.deep.equal(["failing"]);
      const [outcome] = watch(list) as [readonly (readonly [boolean, unknown])[]];
      expect(outcome[0]).to.deep.equal([true, "value"]);
      expect(outcome[1]).to.have.nested.property("[1].value").instanceOf(CancelledError);
      expect(outcome[2]).to.deep.equal([true, "partial"]);
    });

    it("18: stays unfired while one goes on all the same", () => {
      const goOn = new Deferred<string>();
      const stubborn = inlineCallbacks(function* () {
        try {
          yield* new Deferred<void>();
        } catch {
          return yield* goOn;
        }
        return "never";
      })();
      const list = new DeferredList([stubborn]);
      list.cancel();
      expect(list.called).to.equal(false);
      goOn.callback("after all");
      expect(watch(list)).to.deep.equal([[[true, "after all"]]]);
    });

    it("18: cancels them all, though a canceller throws, whose error is the cause", () => {
      const thrown = new Error("from the canceller");
      const throwing = new Deferred<string>(() => raise(thrown));
      const other = new Deferred<string>();
      const list = new DeferredList([throwing, other], { consumeErrors: true });
      list.cancel();
      expect(other.called).to.equal(true);
      const outcomes = watch(list);
      expect(outcomes).to.have.nested.property("[0][0][1].value").instanceOf(CancelledError);
      expect(outcomes).to.have.nested.property("[0][0][1].value.cause", thrown);
    });

    it("18: cancels them all, though it has failed by the first", () => {
      const [a, b] = [new Deferred<string>(), new Deferred<string>()];
      const options = { fireOnOneErrback: true, consumeErrors: true };
      const list = new DeferredList([a, b], options);
      list.cancel();
      expect(b.called).to.equal(true);
      expect(errorOf(list)).to.be.instanceOf(FirstError).with.property("index", 0);
    });

    it("18: in a list of lists, reaches the innermost", () => {
      const innermost = new Deferred<string>();
      const list = new DeferredList([new DeferredList([innermost], { consumeErrors: true })]);
      list.cancel();
      expect(innermost.called).to.equal(true);
      expect(watch(list)).to.have.nested.property("[0][0][1][0][0]", false);
    });

    it("18: when it has fired does nothing", () => {
      const other = new Deferred<string>();
      const list = new DeferredList([succeed("value"), other], { fireOnOneCallback: true });
      list.cancel();
      expect(other.called).to.equal(false);
      expect(watch(list)).to.deep.equal([["value", 0]]);
    });

    it("when it has fired, and waits for another Deferred, cancels that", () => {
      const inner = new Deferred<void>();
      const list = new DeferredList([]).addCallback(() => inner);
      list.cancel();
      expect(inner.called).to.equal(true);
      expect(errorOf(list)).to.be.instanceOf(CancelledError);
    });

    it("18: by the canceller of one of them does no more", () => {
      let calls = 0;
      const one: Deferred<string> = new Deferred(() => {
        calls++;
        list.cancel();
      });
      const list: Deferred<unknown> = new DeferredList([one], { consumeErrors: true });
      list.cancel();
      expect(calls).to.equal(1);
      expect(watch(list)).to.have.nested.property("[0][0][0]", false);
    });
  });
});
