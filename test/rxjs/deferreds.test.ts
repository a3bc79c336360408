import { expect } from "chai";
import { Observable } from "rxjs";
import { CancelledError, Deferred, fail, succeed } from "skein/defer";
import { BadOptionError } from "skein/reactor";
import { EmptyObservableError, firstValue, fromDeferred, lastValue } from "skein/rxjs";
import { assertNoResult, failureResultOf, successResultOf } from "skein/testing";
import { listen, MAKES, Source } from "../support/observables.ts";
import { afterMicrotasks, collectUnhandled } from "../support/outcomes.ts";

for (const make of MAKES) {
  describe(`Deferreds and an ${make.name}`, () => {
    const unhandled = collectUnhandled();

    afterEach(async () => {
      await afterMicrotasks();
      expect(unhandled).to.deep.equal([]);
    });

    it("give the first value, and do not listen any longer", () => {
      const source = new Source<number>(make);
      const first = firstValue(source.observable);
      assertNoResult(first);
      expect(source.listeners).to.equal(1);
      source.next(1);
      source.next(2);
      expect(successResultOf(first)).to.equal(1);
      expect(source.listeners).to.equal(0);
    });

    it("give the last value, at the end", () => {
      const source = new Source<number>(make);
      const last = lastValue(source.observable);
      source.next(1);
      source.next(2);
      assertNoResult(last);
      source.complete();
      expect(successResultOf(last)).to.equal(2);
      expect(source.listeners).to.equal(0);
    });

    it("give values that come at once", () => {
      const atOnce = new (make.of<string>())((subscriber) => {
        subscriber.next("a");
        subscriber.next("b");
        subscriber.complete();
        return () => {};
      });
      expect(successResultOf(firstValue(atOnce))).to.equal("a");
      expect(successResultOf(lastValue(atOnce))).to.equal("b");
    });

    it("leave in the middle of values that come at once", function () {
      // RxJS 7 tells nobody of those behind, but makes them all.
      if (make.name.endsWith("7")) this.skip();
      let left = false;
      let made = 0;
      const endless = new (make.of<number>())((subscriber) => {
        subscriber.addTeardown?.(() => {
          left = true;
        });
        const leaves = (): boolean => left;
        while (made < 1000 && !leaves()) subscriber.next(made++);
        return () => {};
      });
      expect(successResultOf(firstValue(endless))).to.equal(0);
      expect([left, made]).to.deep.equal([true, 1]);
    });

    it("fail with the error", () => {
      for (const valueOf of [firstValue, lastValue]) {
        const source = new Source<number>(make);
        const value = valueOf(source.observable);
        source.error(new RangeError("broken"));
        expect(failureResultOf(value, RangeError).message).to.equal("RangeError: broken");
        expect(source.listeners).to.equal(0);
      }
    });

    it("fail for want of a value, or have another one", () => {
      for (const valueOf of [firstValue, lastValue]) {
        const source = new Source<number>(make);
        const value = valueOf(source.observable);
        source.complete();
        failureResultOf(value, EmptyObservableError);
        const other = valueOf(source.observable, { defaultValue: 7 });
        source.complete();
        expect(successResultOf(other)).to.equal(7);
        const nothing = valueOf<number | undefined>(source.observable, { defaultValue: undefined });
        source.complete();
        expect(successResultOf(nothing)).to.equal(undefined);
      }
    });

    it("do not listen any longer when they are cancelled", () => {
      const source = new Source<number>(make);
      const value = firstValue(source.observable);
      value.cancel();
      failureResultOf(value, CancelledError);
      expect(source.listeners).to.equal(0);
    });

    it("are an Observable of their value, which all share and which stays", async () => {
      const deferred = new Deferred<string>();
      const observable = fromDeferred(deferred, make.of<string>());
      const [one, other] = [listen(observable), listen(observable)];
      deferred.callback("tea");
      await afterMicrotasks();
      expect([one.heard, other.heard]).to.deep.equal([
        ["tea", "complete"],
        ["tea", "complete"],
      ]);
      const late = listen(observable);
      await afterMicrotasks();
      expect(late.heard).to.deep.equal(["tea", "complete"]);
      expect(successResultOf(deferred)).to.equal("tea");
    });

    it("are not cancelled by those who share them, who hear nothing any more", async () => {
      const deferred = new Deferred<string>();
      const { heard, leave } = listen(fromDeferred(deferred, make.of<string>()));
      leave();
      assertNoResult(deferred);
      deferred.callback("tea");
      await afterMicrotasks();
      expect(heard).to.deep.equal([]);
    });

    it("are an Observable's error, which is handled so", async () => {
      const { heard } = listen(fromDeferred(fail(new RangeError("x")), make.of<never>()));
      await afterMicrotasks();
      expect(heard).to.deep.equal(["error RangeError"]);
    });

    it("are made for each subscription by a function, and cancelled with it", () => {
      const made: Deferred<string>[] = [];
      const cancelled: number[] = [];
      const observable = fromDeferred(() => {
        const number = made.length;
        const deferred = new Deferred<string>(() => cancelled.push(number));
        made.push(deferred);
        return deferred;
      }, make.of<string>());
      expect(made).to.have.lengthOf(0);
      const one = listen(observable);
      one.leave();
      expect(cancelled).to.deep.equal([0]);
      const other = listen(observable);
      made[1]?.callback("tea");
      other.leave();
      expect([one.heard, other.heard]).to.deep.equal([[], ["tea", "complete"]]);
      expect(cancelled).to.deep.equal([0]);
      listen(observable);
      listen(observable);
      expect(made).to.have.lengthOf(make.shared ? 3 : 4);
    });

    it("are there at once, and fail, and may not be made at all", () => {
      const heardOf = (work: () => Deferred<string>): string[] =>
        listen(fromDeferred(work, make.of<string>())).heard;
      expect(heardOf(() => succeed("tea"))).to.deep.equal(["tea", "complete"]);
      expect(heardOf(() => fail(new RangeError("x")))).to.deep.equal(["error RangeError"]);
      expect(
        heardOf(() => {
          throw new TypeError("x");
        }),
      ).to.deep.equal(["error TypeError"]);
    });
  });
}

it("what is no Deferred, no Observable and no class is refused with a word", () => {
  expect(() => firstValue([1] as never)).to.throw(BadOptionError, "an Observable is wanted, not 1");
  expect(() => lastValue(undefined as never)).to.throw(BadOptionError, "not undefined");
  expect(() => fromDeferred(Promise.resolve(1) as never, Observable)).to.throw(
    BadOptionError,
    "a Deferred is wanted, or a function that returns one, not [object Promise]",
  );
  expect(() => fromDeferred(succeed(1), undefined as never)).to.throw(
    BadOptionError,
    "the class of the Observables",
  );
});
