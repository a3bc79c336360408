import { expect } from "chai";
import fc from "fast-check";
import { Deferred } from "skein/defer";
import { createReactor } from "skein/reactor";
import { deferLater, LoopingCall } from "skein/task";
import { ManualClock } from "../support/manual-clock.ts";

describe("the times of a LoopingCall", () => {
  it("31: stay on the grid from its start, whatever the iterations take", async () => {
    const reactor = createReactor("clock");
    await reactor.advance(0.5);
    const times: number[] = [];
    const durations = [0.25, 1.5, 0, 3.75, 1];
    const loop = new LoopingCall(reactor, () => {
      times.push(reactor.seconds());
      return deferLater(reactor, durations[times.length - 1] ?? 0);
    });
    loop.start(1);
    await reactor.advance(11);
    // Times that went by during an iteration are skipped.
    expect(times).to.deep.equal([0.5, 1.5, 3.5, 4.5, 8.5, 10.5, 11.5]);
  });

  it("31: skip a time that is now, when an iteration ends", async () => {
    const reactor = createReactor("clock");
    const times: number[] = [];
    const loop = new LoopingCall(reactor, () => {
      times.push(reactor.seconds());
      return times.length === 1 ? deferLater(reactor, 2) : undefined;
    });
    loop.start(1);
    await reactor.advance(4);
    expect(times).to.deep.equal([0, 3, 4]);
  });

  it("31: stay on the grid when the clock jumps", () => {
    const clock = new ManualClock(10);
    new LoopingCall(clock, () => {}).start(4);
    clock.now = 25;
    clock.call();
    // 10 + 4 × 4 is the next time on the grid.
    expect(clock.delays).to.deep.equal([4, 1]);
  });

  it("31: skip a time that is now, though it is not a whole number of intervals in floats", () => {
    for (let n = 1; n <= 1000; n++) {
      const clock = new ManualClock(0.3);
      const wait = new Deferred<void>();
      new LoopingCall(clock, () => wait).start(0.1);
      clock.now = 0.3 + n * 0.1;
      wait.callback();
      expect(clock.delays[0], `after ${n} intervals`).to.be.closeTo(0.1, 0.001);
    }
  });

  it("do not repeat one that an early alarm has served already", () => {
    const clock = new ManualClock(0);
    new LoopingCall(clock, () => {}).start(1);
    clock.now = 0.9375;
    clock.call();
    expect(clock.delays).to.deep.equal([1, 1.0625]);
  });

  it("are never in the past, even for intervals that the clock cannot tell apart", () => {
    const times = fc.double({ min: 0, max: 1e9, noNaN: true });
    const intervals = fc.double({ min: 1e-12, max: 1e-3, noNaN: true });
    const jumps = fc.array(fc.record({ by: times, isInIntervals: fc.boolean() }));
    fc.assert(
      fc.property(times, intervals, jumps, (start, interval, changes) => {
        const clock = new ManualClock(start);
        new LoopingCall(clock, () => {}).start(interval);
        for (const { by, isInIntervals } of changes) {
          clock.now += isInIntervals ? by * interval : by;
          clock.call();
        }
        expect(Math.min(...clock.delays)).to.be.at.least(0);
      }),
      { numRuns: 1000 },
    );
  });

  for (const interval of [0.1, 0.3, 0.7, 1 / 3, 0.01, 1e-3, 1e-6, 12.34]) {
    for (const start of [0, 0.3, 1e6 + 0.1]) {
      it(`are one interval apart, 1000 of ${interval} s from ${start} s`, async () => {
        const reactor = createReactor("clock");
        await reactor.advance(start);
        const times: number[] = [];
        const loop = new LoopingCall(reactor, () => times.push(reactor.seconds()));
        loop.start(interval);
        await reactor.advance(interval * 1000.5);
        loop.stop();
        expect(times).to.have.lengthOf(1001);
        const offGrid = times.filter(
          (time, i) => Math.abs(time - (start + i * interval)) > interval / 100,
        );
        expect(offGrid).to.deep.equal([]);
      });
    }
  }

  describe("after reset()", () => {
    it("begin anew one interval from now", async () => {
      const reactor = createReactor("clock");
      const times: number[] = [];
      const loop = new LoopingCall(reactor, () => times.push(reactor.seconds()));
      loop.start(2);
      await reactor.advance(3);
      loop.reset();
      await reactor.advance(5);
      expect(times).to.deep.equal([0, 2, 5, 7]);
    });

    it("begin anew from a reset during an iteration", async () => {
      const reactor = createReactor("clock");
      const times: number[] = [];
      const wait = new Deferred<void>();
      const loop = new LoopingCall(reactor, () => {
        times.push(reactor.seconds());
        return times.length === 1 ? wait : undefined;
      });
      loop.start(2);
      await reactor.advance(3);
      loop.reset();
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
      await reactor.advance(0.5);
      wait.callback();
      await reactor.advance(4);
      expect(times).to.deep.equal([0, 5, 7]);
    });

    it("do not come while it is reset again and again: a watchdog", async () => {
      const reactor = createReactor("clock");
      const times: number[] = [];
      const loop = new LoopingCall(reactor, () => times.push(reactor.seconds()));
      loop.start(2, false);
      for (let i = 0; i < 5; i++) {
        await reactor.advance(1.5);
        loop.reset();
      }
      expect(times).to.deep.equal([]);
      await reactor.advance(2);
      expect(times).to.deep.equal([9.5]);
    });
  });
});
