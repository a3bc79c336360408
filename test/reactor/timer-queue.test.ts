import { expect } from "chai";
import fc from "fast-check";
import { type Timer, TimerQueue } from "../../src/reactor/timer-queue.ts";

/** What is done to the queue; `which` picks one of the timers there were so far. */
type Step =
  | { readonly do: "add"; readonly seconds: number }
  | { readonly do: "cancel"; readonly which: number }
  | { readonly do: "delay" | "reset"; readonly which: number; readonly seconds: number }
  | { readonly do: "pass"; readonly seconds: number };

// Few different times, so that many are equal.
const seconds = fc.integer({ min: 0, max: 6 });
const which = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), seconds }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("cancel" as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("delay" as const, "reset" as const),
      which,
      seconds,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pass" as const), seconds }) },
);

/** A timer of the model: what the queue promises, in the plainest form. */
interface Expected {
  readonly name: number;
  time: number;
  order: number;
}

function called(steps: readonly Step[], queue: TimerQueue, clock: { now: number }): number[][] {
  const timers: Timer[] = [];
  const passes: number[][] = [];
  for (const action of steps) {
    if (action.do === "add") {
      const name = timers.length;
      timers.push(queue.add(action.seconds, () => passes.at(-1)?.push(name)));
    } else if (action.do === "pass") {
      clock.now += action.seconds;
      passes.push([]);
      queue.runDue((timer) => timer.action());
    } else {
      const timer = timers[action.which % timers.length];
      if (timer?.active !== true) continue;
      if (action.do === "cancel") timer.cancel();
      else timer[action.do](action.seconds);
    }
  }
  return passes;
}

function expected(steps: readonly Step[]): number[][] {
  let now = 0;
  let order = 0;
  let pending: Expected[] = [];
  const all: Expected[] = [];
  const passes: number[][] = [];
  for (const action of steps) {
    if (action.do === "add") {
      const timer = { name: all.length, time: now + action.seconds, order: order++ };
      all.push(timer);
      pending.push(timer);
    } else if (action.do === "pass") {
      now += action.seconds;
      const due = pending.filter(({ time }) => time <= now);
      pending = pending.filter(({ time }) => time > now);
      due.sort((a, b) => a.time - b.time || a.order - b.order);
      passes.push(due.map(({ name }) => name));
    } else {
      const timer = all[action.which % all.length];
      if (timer === undefined || !pending.includes(timer)) continue;
      if (action.do === "cancel") {
        pending = pending.filter((other) => other !== timer);
      } else {
        timer.time = (action.do === "delay" ? timer.time : now) + action.seconds;
        timer.order = order++;
      }
    }
  }
  return passes;
}

function emptyQueue(): { queue: TimerQueue; clock: { now: number } } {
  const clock = { now: 0 };
  return {
    clock,
    queue: new TimerQueue(
      () => clock.now,
      () => {},
    ),
  };
}

describe("the timer queue", () => {
  it("calls in order of due time, then of start, whatever is cancelled and moved", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const { queue, clock } = emptyQueue();
        expect(called(steps, queue, clock)).to.deep.equal(expected(steps));
      }),
      { numRuns: 500 },
    );
  });

  it("knows when the next call is due, also when those before it were cancelled", () => {
    const { queue } = emptyQueue();
    const timers = [3, 1, 2].map((delay) => queue.add(delay, () => {}));
    expect(queue.next()).to.equal(1);
    timers[1]?.cancel();
    expect(queue.next()).to.equal(2);
    timers[2]?.reset(5);
    expect(queue.next()).to.equal(3);
    timers[0]?.cancel();
    timers[2]?.cancel();
    expect(queue.next()).to.equal(Infinity);
  });

  it("does not keep what was cancelled, whether it was ever looked at or not", () => {
    for (const looked of [false, true]) {
      const { queue } = emptyQueue();
      const timers = Array.from({ length: 1000 }, () => queue.add(3600, () => {}));
      queue.add(1, () => {});
      if (looked) queue.next();
      expect(queue.size).to.equal(1001);
      for (const timer of timers) timer.cancel();
      expect(queue.size).to.be.lessThan(64);
      expect(queue.next()).to.equal(1);
    }
  });

  it("tells of each new and each earlier due time", () => {
    const told: number[] = [];
    const queue = new TimerQueue(
      () => 0,
      (time) => told.push(time),
    );
    queue.add(5, () => {}).reset(2);
    expect(told).to.deep.equal([5, 2]);
  });
});
