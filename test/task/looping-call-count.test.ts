import { expect } from "chai";
import fc from "fast-check";
import { Deferred } from "skein/defer";
import { createReactor } from "skein/reactor";
import { deferLater, LoopingCall } from "skein/task";
import { ManualClock } from "../support/manual-clock.ts";
import { watch } from "../support/outcomes.ts";

type Count = readonly [at: number, count: number];

/** A looping call on virtual time that notes its counts; `iterate` may give what to wait for. */
function counting(iterate: (nth: number) => unknown = () => {}) {
  const reactor = createReactor("clock");
  const counts: Count[] = [];
  const loop = LoopingCall.withCount(reactor, (count) => {
    counts.push([reactor.seconds(), count]);
    return iterate(counts.length);
  });
  return { reactor, loop, counts };
}

/** A looping call on a clock that jumps: each call comes when it is told to. */
function countingOn(clock: ManualClock, interval: number, now: boolean): Count[] {
  const counts: Count[] = [];
  LoopingCall.withCount(clock, (count) => void counts.push([clock.now, count])).start(
    interval,
    now,
  );
  return counts;
}

const sumOf = (counts: readonly Count[]): number => counts.reduce((sum, [, n]) => sum + n, 0);

describe("LoopingCall.withCount", () => {
  // Where a test says Twisted's, its numbers are those that Twisted gives for the same program.

  it("32: counts 1 at the start, and for each call that is on time: Twisted's", async () => {
    const { reactor, loop, counts } = counting();
    loop.start(1);
    await reactor.advance(2.5);
    expect(counts).to.deep.equal([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  it("32: has nothing to count at the start when the first call is later: Twisted's", async () => {
    const { reactor, loop, counts } = counting();
    loop.start(1, false);
    await reactor.advance(2.5);
    expect(counts).to.deep.equal([
      [1, 1],
      [2, 1],
    ]);
  });

  it("32: counts the intervals that a late call has missed: Twisted's", () => {
    for (const now of [true, false]) {
      const clock = new ManualClock(0);
      const counts = countingOn(clock, 1, now);
      for (const time of [1, 2, 3, 6.25, 7]) {
        clock.now = time;
        clock.call();
      }
      const later: Count[] = [
        [1, 1],
        [2, 1],
        [3, 1],
        [6.25, 3],
        [7, 1],
      ];
      expect(counts).to.deep.equal(now ? [[0, 1], ...later] : later);
    }
  });

  it("32: counts the intervals that a long iteration has taken: Twisted's", async () => {
    const { reactor, loop, counts } = counting((nth) =>
      nth === 1 ? deferLater(reactor, 7) : undefined,
    );
    loop.start(2);
    await reactor.advance(10);
    expect(counts).to.deep.equal([
      [0, 1],
      [8, 4],
      [10, 1],
    ]);
  });

  it("32: counts a time that is skipped, as it was then: Twisted's", async () => {
    const { reactor, loop, counts } = counting((nth) =>
      nth === 1 ? deferLater(reactor, 4) : undefined,
    );
    loop.start(2);
    await reactor.advance(8);
    expect(counts).to.deep.equal([
      [0, 1],
      [6, 3],
      [8, 1],
    ]);
  });

  it("32: counts 1 each time with an interval of 0: Twisted's", async () => {
    const { reactor, loop, counts } = counting((nth) => {
      if (nth === 2) return deferLater(reactor, 5);
      return nth === 4 ? loop.stop() : undefined;
    });
    loop.start(0);
    loop.reset();
    await reactor.advance(6);
    expect(counts).to.deep.equal([
      [0, 1],
      [0, 1],
      [5, 1],
      [5, 1],
    ]);
  });

  it("32: adds up, and is never 0, whatever the iterations take", async () => {
    // In 64ths of a second, so that the model's numbers are exact.
    const grains = fc.integer({ min: 0, max: 1000 });
    const programs = fc.record({
      start: grains,
      interval: fc.integer({ min: 1, max: 200 }),
      now: fc.boolean(),
      durations: fc.array(grains, { maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(programs, async ({ start, interval, now, durations }) => {
        const { reactor, loop, counts } = counting((nth) =>
          deferLater(reactor, (durations[nth - 1] ?? 0) / 64),
        );
        await reactor.advance(start / 64);
        loop.start(interval / 64, now);
        await reactor.advance(100);
        let sum = 0;
        for (const [at, count] of counts) {
          expect(count).to.be.at.least(1);
          sum += count;
          const passed = Math.floor((at * 64 - start) / interval);
          expect(sum).to.equal(now ? passed + 1 : passed);
        }
        expect(counts.length).to.be.greaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  it("32: adds up in floats, when calls are late or early", () => {
    const intervals = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const starts = fc.double({ min: 0, max: 1e6, noNaN: true });
    // How late each call comes, in intervals: a little early, on time, or late.
    const lateness = fc.array(
      fc.oneof(
        fc.constant(0),
        fc.double({ min: -0.1, max: 0, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(intervals, starts, lateness, (interval, start, delays) => {
        const clock = new ManualClock(start);
        const counts = countingOn(clock, interval, true);
        for (const late of delays) {
          clock.now += (clock.delays.at(-1) as number) + late * interval;
          clock.call();
          expect(counts.at(-1)?.[1]).to.be.at.least(1);
          // What has passed lies between two whole numbers; an early call serves the next.
          const passed = (clock.now - start) / interval;
          expect(sumOf(counts) - 1).to.be.within(passed - 1 - 1e-6, passed + 0.1 + 1e-6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  for (const interval of [0.1, 0.3, 0.7, 1 / 3, 0.01, 1e-6]) {
    it(`32: counts 1 in each of 1000 intervals of ${interval} s`, async () => {
      const { reactor, loop, counts } = counting();
      await reactor.advance(0.3);
      loop.start(interval);
      await reactor.advance(interval * 1000.5);
      expect(counts.map(([, count]) => count)).to.deep.equal(Array(1001).fill(1));
    });
  }

  describe("after reset()", () => {
    it("counts the whole intervals since its last call: Twisted's", async () => {
      const { reactor, loop, counts } = counting();
      loop.start(2);
      for (let i = 0; i < 3; i++) {
        await reactor.advance(1.5);
        loop.reset();
      }
      await reactor.advance(4);
      expect(counts).to.deep.equal([
        [0, 1],
        [6.5, 3],
        [8.5, 1],
      ]);
    });

    it("does not count what was before, if it was not called yet: Twisted's", async () => {
      const { reactor, loop, counts } = counting();
      loop.start(2, false);
      for (let i = 0; i < 3; i++) {
        await reactor.advance(1.5);
        loop.reset();
      }
      await reactor.advance(4);
      expect(counts).to.deep.equal([
        [6.5, 1],
        [8.5, 1],
      ]);
    });

    it("counts from when its last call was, if that was late: Twisted's", () => {
      const clock = new ManualClock(0);
      const counts: Count[] = [];
      const loop = LoopingCall.withCount(clock, (count) => void counts.push([clock.now, count]));
      loop.start(2);
      clock.now = 2.25;
      clock.call();
      clock.now = 4;
      loop.reset();
      clock.now = 6;
      clock.call();
      expect(counts).to.deep.equal([
        [0, 1],
        [2.25, 1],
        [6, 1],
      ]);
    });

    it("does not count one twice that an early call has served", () => {
      const clock = new ManualClock(0);
      const counts: Count[] = [];
      const loop = LoopingCall.withCount(clock, (count) => void counts.push([clock.now, count]));
      loop.start(1);
      clock.now = 0.9375;
      clock.call();
      clock.now = 1.95;
      loop.reset();
      clock.now = 2.95;
      clock.call();
      expect(counts.map(([, count]) => count)).to.deep.equal([1, 1, 1]);
    });

    it("counts the whole intervals of an iteration before and after it", async () => {
      const wait = new Deferred<void>();
      const { reactor, loop, counts } = counting((nth) => (nth === 1 ? wait : undefined));
      loop.start(2);
      await reactor.advance(5);
      loop.reset();
      await reactor.advance(5);
      wait.callback();
      await reactor.advance(2);
      // Two before the reset, and those that have come by 11 on the grid from 5.
      expect(counts).to.deep.equal([
        [0, 1],
        [11, 5],
      ]);
    });
  });

  it("counts anew when it is started again", async () => {
    const { reactor, loop, counts } = counting();
    loop.start(1);
    await reactor.advance(1);
    loop.stop();
    await reactor.advance(5);
    loop.start(2);
    await reactor.advance(2);
    loop.stop();
    loop.start(1, false);
    await reactor.advance(1);
    expect(counts).to.deep.equal([
      [0, 1],
      [1, 1],
      [6, 1],
      [8, 1],
      [9, 1],
    ]);
  });

  it("does not count what was before the start, not even after a reset()", async () => {
    const { reactor, loop, counts } = counting();
    loop.start(1);
    await reactor.advance(1);
    loop.stop();
    await reactor.advance(5);
    loop.start(1, false);
    await reactor.advance(0.5);
    loop.reset();
    await reactor.advance(1);
    expect(counts).to.deep.equal([
      [0, 1],
      [1, 1],
      [7.5, 1],
    ]);
  });

  it("does not count what a reset() has left over, when it is started again", async () => {
    const { reactor, loop, counts } = counting();
    loop.start(2);
    for (let i = 0; i < 2; i++) {
      await reactor.advance(1.5);
      loop.reset();
    }
    loop.stop();
    loop.start(1);
    expect(counts).to.deep.equal([
      [0, 1],
      [3, 1],
    ]);
  });

  it("is a looping call in all else", async () => {
    const { reactor, loop, counts } = counting((nth) => {
      if (nth === 2) throw new RangeError("planted");
    });
    expect(loop).to.be.instanceOf(LoopingCall);
    const failed = watch(loop.start(1));
    await reactor.advance(5);
    expect(counts).to.have.lengthOf(2);
    expect(failed[0]).to.have.property("failed").that.is.instanceOf(RangeError);
    const outcomes = watch(loop.start(1));
    loop.stop();
    expect(outcomes).to.deep.equal([loop]);
  });
});
