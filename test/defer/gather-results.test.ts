import { expect } from "chai";
import { CancelledError, Deferred, fail, FirstError, gatherResults, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("gatherResults", () => {
  const unhandled = collectUnhandled();

  it("gives the values in the order of the Deferreds, when all have fired", () => {
    const [a, b] = [new Deferred<number>(), new Deferred<string>()];
    const outcomes = watch(gatherResults([a, b, succeed(true)]));
    b.callback("two");
    expect(outcomes).to.deep.equal([]);
    a.callback(1);
    expect(outcomes).to.deep.equal([[1, "two", true]]);
    expect([watch(a), watch(b)]).to.deep.equal([[1], ["two"]]);
  });

  it("20: gives no values for no Deferreds", () => {
    expect(watch(gatherResults([]))).to.deep.equal([[]]);
  });

  it("19: fails with FirstError when one fails, and the others go on", () => {
    const [a, b, c] = [new Deferred<number>(), new Deferred<number>(), new Deferred<number>()];
    const gathered = gatherResults([a, b, c]);
    b.errback("planted");
    const error = errorOf(gathered) as FirstError;
    expect(error).to.be.instanceOf(FirstError);
    expect([error.index, error.subFailure.value]).to.deep.equal([1, "planted"]);
    expect([a.called, c.called]).to.deep.equal([false, false]);
    a.callback(1);
    expect(watch(a)).to.deep.equal([1]);
    expect(watch(b)).to.deep.equal([{ failed: "planted" }]);
  });

  it("19: leaves the failures of all to be reported, unless handled", async () => {
    const handled = fail("handled");
    watch(gatherResults([fail("one"), fail("two"), handled]));
    watch(handled);
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["one", "two"]);
  });

  it("19: handles the failures of all with consumeErrors", async () => {
    const late = new Deferred<number>();
    watch(gatherResults([fail("one"), late], { consumeErrors: true }));
    late.errback("two");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
    expect(watch(late)).to.deep.equal([undefined]);
  });

  it("18: cancelled, cancels all", () => {
    const [a, b] = [new Deferred<number>(), new Deferred<number>()];
    const gathered = gatherResults([a, b], { consumeErrors: true });
    gathered.cancel();
    const error = errorOf(gathered) as FirstError;
    expect(error).to.be.instanceOf(FirstError);
    expect(error.subFailure.value).to.be.instanceOf(CancelledError);
    expect([a.called, b.called]).to.deep.equal([true, true]);
  });

  it("gathers what was gathered, and one Deferred twice", () => {
    const one = new Deferred<number>();
    const outcomes = watch(gatherResults([gatherResults([one, one]), one]));
    one.callback(1);
    expect(outcomes).to.deep.equal([[[1, 1], 1]]);
  });
});
