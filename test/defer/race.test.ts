import { expect } from "chai";
import {
  CancelledError,
  Deferred,
  DeferredList,
  fail,
  FailureGroup,
  inlineCallbacks,
  race,
  SkeinError,
  succeed,
} from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

/** What the failures of a lost race wrap. */
function losses(deferred: Deferred<unknown>): unknown[] {
  return (errorOf(deferred) as FailureGroup).failures.map(({ value }) => value);
}

describe("race", () => {
  const unhandled = collectUnhandled();

  it("fires with the index and value of the first, after it has cancelled the others", () => {
    const log: string[] = [];
    const [a, c] = ["a", "c"].map((name) => new Deferred<string>(() => void log.push(name)));
    const b = new Deferred<string>();
    race([a as Deferred<string>, b, c as Deferred<string>]).addCallback(([index, value]) =>
      log.push(`${index} ${value}`),
    );
    b.callback("b");
    expect(log).to.deep.equal(["a", "c", "1 b"]);
  });

  it("takes the results of all: no loser's failure is reported", async () => {
    const [a, b] = [new Deferred<string>(), new Deferred<string>()];
    expect(watch(race(new Set([fail("early"), a, b])))).to.deep.equal([]);
    a.callback("a");
    expect([watch(a), watch(b)]).to.deep.equal([[undefined], [undefined]]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("goes to the first of those that have fired, and cancels those behind it", async () => {
    const unfired = new Deferred<string>();
    const raced = race([fail("early"), succeed("first"), succeed("second"), unfired]);
    expect(watch(raced)).to.deep.equal([[1, "first"]]);
    expect(unfired.called).to.equal(true);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("is not changed by a loser whose canceller gives a value, or throws", () => {
    const winner = new Deferred<string>();
    const raced = race([
      new Deferred<string>((cancelled) => cancelled.callback("partial")),
      new Deferred<string>(() => raise("planted")),
      winner,
    ]);
    winner.callback("winner");
    expect(watch(raced)).to.deep.equal([[2, "winner"]]);
  });

  it("fails with the failures, in the order of the Deferreds, when all have failed", () => {
    const [a, b] = [new Deferred<string>(), new Deferred<string>()];
    const raced = race([a, b]);
    b.errback(new TypeError("two"));
    expect(raced.called).to.equal(false);
    a.errback("one");
    const error = errorOf(raced) as FailureGroup;
    expect(error).to.be.instanceOf(FailureGroup).with.property("code", "ERR_ALL_FAILED");
    expect(error.message).to.equal("all 2 failed: one; TypeError: two");
    expect(error.failures.map(({ message }) => message)).to.deep.equal(["one", "TypeError: two"]);
  });

  it("20: throws for no Deferreds", () => {
    expect(() => race([]))
      .to.throw(SkeinError, "at least one")
      .with.property("code", "ERR_BAD_OPTION");
  });

  it("21: cancelled, cancels all, and fails with FailureGroup", () => {
    const [a, b] = [new Deferred<string>(), new Deferred<string>()];
    const raced = race([a, b]);
    raced.cancel();
    const [one, two] = losses(raced);
    expect(one).to.be.instanceOf(CancelledError);
    expect(two).to.be.instanceOf(CancelledError);
    expect([a.called, b.called]).to.deep.equal([true, true]);
  });

  it("21: cancelled, is won by one whose canceller gives a value", () => {
    const raced = race([
      new Deferred<string>(),
      new Deferred<string>((cancelled) => cancelled.callback("partial")),
    ]);
    raced.cancel();
    expect(watch(raced)).to.deep.equal([[1, "partial"]]);
  });

  it("21: cancelled, fails with CancelledError when one goes on unheeded", async () => {
    for (const end of ["callback", "errback"] as const) {
      const goOn = new Deferred<string>();
      const stubborn = inlineCallbacks(function* () {
        try {
          yield* new Deferred<void>();
        } catch {
          return yield* goOn;
        }
        return "never";
      })();
      const raced = race([stubborn]);
      raced.cancel();
      expect(errorOf(raced)).to.be.instanceOf(CancelledError);
      goOn[end]("after all");
      expect(watch(stubborn)).to.deep.equal([undefined]);
    }
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("takes a Deferred that is given twice", () => {
    const value = new Deferred<string>();
    const won = race([value, new Deferred<string>(), value]);
    value.callback("value");
    expect(watch(won)).to.deep.equal([[0, "value"]]);
    const failing = new Deferred<string>();
    const lost = race([failing, failing]);
    failing.errback("planted");
    expect(losses(lost)).to.deep.equal(["planted"]);
  });

  it("takes lists and races, and cancels through them", () => {
    const [a, b, c] = [new Deferred<string>(), new Deferred<string>(), new Deferred<string>()];
    const raced = race<unknown>([race([a]), new DeferredList([b], { consumeErrors: true }), c]);
    c.callback("c");
    expect(watch(raced)).to.deep.equal([[2, "c"]]);
    expect([a.called, b.called]).to.deep.equal([true, true]);
  });

  it("has one winner, though a loser's canceller fires another", () => {
    const [a, b] = [new Deferred<string>(), new Deferred<string>(() => c.callback("c"))];
    const c = new Deferred<string>();
    const raced = race([a, b, c]);
    a.callback("a");
    expect(watch(raced)).to.deep.equal([[0, "a"]]);
  });

  it("has its winner, though a loser's errback cancels it", async () => {
    const [a, b] = [new Deferred<string>(), new Deferred<string>()];
    b.addErrback(() => {
      raced.cancel();
      return "b";
    });
    const raced = race([a, b]);
    a.callback("a");
    expect(watch(raced)).to.deep.equal([[0, "a"]]);
    expect(watch(a)).to.deep.equal([undefined]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("has its winner, though a loser's canceller cancels it", async () => {
    const a = new Deferred<string>();
    const b = new Deferred<string>(() => raced.cancel());
    const raced = race([a, b]);
    a.callback("a");
    expect(watch(raced)).to.deep.equal([[0, "a"]]);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });
});
