import { expect } from "chai";
import { succeed } from "skein/defer";
import { createReactor } from "skein/reactor";
import { Cooperator } from "skein/task";
import { ManualClock } from "../support/manual-clock.ts";
import { raise, watch } from "../support/outcomes.ts";

describe("the slices of a Cooperator", () => {
  /** Steps that take time on the clock. */
  function* taking(clock: ManualClock, seconds: number, log: number[]): Generator<undefined> {
    for (;;) {
      clock.now += seconds;
      log.push(clock.now);
      yield;
    }
  }

  it("end after 10 ms on the clock", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    new Cooperator(clock).cooperate(taking(clock, 1 / 256, log));
    expect(clock.delays).to.deep.equal([0]);
    clock.call();
    expect(log).to.deep.equal([1 / 256, 2 / 256, 3 / 256]);
    expect(clock.delays).to.deep.equal([0, 0]);
    clock.call();
    expect(log).to.have.lengthOf(6);
  });

  it("may be given another length", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    new Cooperator(clock, { sliceSeconds: 1 }).cooperate(taking(clock, 0.25, log));
    clock.call();
    expect(log).to.deep.equal([0.25, 0.5, 0.75, 1]);
  });

  it("make one step at least", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    new Cooperator(clock, { sliceSeconds: 0 }).cooperate(taking(clock, 0, log));
    clock.call();
    expect(log).to.deep.equal([0]);
  });

  it("end after 1000 steps, where no time passes", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    new Cooperator(clock).cooperate(taking(clock, 0, log));
    clock.call();
    expect(log).to.have.lengthOf(1000);
  });

  it("may be given another number of steps", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    new Cooperator(clock, { sliceStepsMax: 3 }).cooperate(taking(clock, 0, log));
    clock.call();
    expect(log).to.have.lengthOf(3);
  });

  it("may be ended by a predicate, made for each and asked after each step", () => {
    const clock = new ManualClock(0);
    const log: (string | number)[] = [];
    const cooperator = new Cooperator(clock, {
      terminationPredicateFactory: () => {
        log.push("slice");
        let left = 2;
        return () => {
          log.push("asked");
          return --left === 0;
        };
      },
    });
    cooperator.cooperate(taking(clock, 1, log as number[]));
    clock.call();
    clock.call();
    const expected = ["slice", 1, "asked", 2, "asked", "slice", 3, "asked", 4, "asked"];
    expect(log).to.deep.equal(expected);
  });

  it("go on after a predicate that throws", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    const planted = new RangeError("planted");
    const cooperator = new Cooperator(clock, {
      terminationPredicateFactory: () => () => raise(planted),
    });
    cooperator.cooperate(taking(clock, 1, log));
    expect(() => clock.call()).to.throw(planted);
    expect(() => clock.call()).to.throw(planted);
    expect(log).to.deep.equal([1, 2]);
  });

  it("take one delayed call each, whatever comes and goes in them", () => {
    const clock = new ManualClock(0);
    const cooperator = new Cooperator(clock, { sliceStepsMax: 10 });
    cooperator.cooperate(
      (function* () {
        for (;;) yield succeed(1);
      })(),
    );
    clock.call();
    clock.call();
    expect(clock.delays).to.deep.equal([0, 0, 0]);
  });

  it("go on where the one before has ended", () => {
    const clock = new ManualClock(0);
    const log: string[] = [];
    function* endless(name: string) {
      for (;;) {
        log.push(name);
        yield;
      }
    }
    const cooperator = new Cooperator(clock, { sliceStepsMax: 2 });
    for (const name of ["a", "b", "c"]) cooperator.cooperate(endless(name));
    for (let i = 0; i < 3; i++) clock.call();
    expect(log.join("")).to.equal("abcabc");
  });

  it("let other calls of the same time have their turns", async () => {
    const reactor = createReactor("clock");
    const cooperator = new Cooperator(reactor);
    let steps = 0;
    let stepsThen = 0;
    const task = cooperator.cooperate(
      (function* () {
        for (;;) {
          steps++;
          yield;
        }
      })(),
    );
    reactor.callLater(0, () => {
      reactor.callLater(0, () => {
        stepsThen = steps;
        task.stop();
      });
    });
    await reactor.advance(1);
    expect(stepsThen).to.equal(2000);
    expect(steps).to.equal(2000);
  });

  it("take no stack for a million steps", async function () {
    this.timeout(60_000);
    const reactor = createReactor("clock");
    const cooperator = new Cooperator(reactor);
    let steps = 0;
    const outcomes = watch(
      cooperator.coiterate(
        (function* () {
          while (steps < 1_000_000) {
            steps++;
            yield;
          }
        })(),
      ),
    );
    await reactor.advance(0);
    expect(steps).to.equal(1_000_000);
    expect(outcomes).to.have.lengthOf(1);
  });

  it("take no stack for a million steps that yield Deferreds which have fired", async function () {
    this.timeout(60_000);
    const reactor = createReactor("clock");
    const cooperator = new Cooperator(reactor, { sliceStepsMax: Infinity, sliceSeconds: Infinity });
    let steps = 0;
    const outcomes = watch(
      cooperator.coiterate(
        (function* () {
          while (steps < 1_000_000) yield succeed(steps++);
        })(),
      ),
    );
    await reactor.advance(0);
    expect(steps).to.equal(1_000_000);
    expect(outcomes).to.have.lengthOf(1);
  });

  it("of a length that cannot be are refused", () => {
    const clock = new ManualClock(0);
    for (const options of [
      { sliceSeconds: -1 },
      { sliceSeconds: NaN },
      { sliceStepsMax: 0 },
      { sliceStepsMax: NaN },
    ]) {
      expect(() => new Cooperator(clock, options))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
    }
  });
});
