import { expect } from "chai";
import sinon from "sinon";
import { BadOptionError, createReactor, type Reactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { joinSinon, SynchronousTickError } from "skein/testing/sinon";

describe("sinon's fake timers, joined to a reactor", () => {
  const EPOCH = 1_000_000;
  let clock: sinon.SinonFakeTimers;
  let reactor: Reactor<"clock">;
  let errors: unknown[];
  let part: () => void;
  let log: string[];
  const note = (what: string) => (): void => {
    log.push(`${what}, at ${reactor.seconds()} s, ${Date.now() - EPOCH} ms`);
  };

  beforeEach(() => {
    errors = [];
    log = [];
    clock = sinon.useFakeTimers({ now: EPOCH });
    reactor = createReactor("clock", { onError: (error) => errors.push(error) });
    part = joinSinon(reactor, clock);
  });

  afterEach(() => {
    part();
    clock.restore();
    if (reactor.running) reactor.crash();
  });

  it("are one clock when the reactor's time passes", async () => {
    setTimeout(note("timer"), 1500);
    reactor.callLater(1, note("reactor"));
    reactor.callLater(2, note("reactor"));
    await reactor.advance(3);
    expect(log).to.deep.equal([
      "reactor, at 1 s, 1000 ms",
      "timer, at 1.5 s, 1500 ms",
      "reactor, at 2 s, 2000 ms",
    ]);
    expect(Date.now() - EPOCH).to.equal(3000);
  });

  it("are one clock when sinon's time passes", async () => {
    const interval = setInterval(note("timer"), 1000);
    reactor.callLater(1.5, note("reactor"));
    expect(await clock.tickAsync(2500)).to.equal(EPOCH + 2500);
    clearInterval(interval);
    expect(log).to.deep.equal([
      "timer, at 1 s, 1000 ms",
      "reactor, at 1.5 s, 1500 ms",
      "timer, at 2 s, 2000 ms",
    ]);
    expect(reactor.seconds()).to.equal(2.5);
  });

  it("have timers fire before what the reactor calls at the same time", async () => {
    reactor.callLater(1, note("reactor"));
    setTimeout(note("timer"), 1000);
    await reactor.advance(1);
    expect(log).to.deep.equal(["timer, at 1 s, 1000 ms", "reactor, at 1 s, 1000 ms"]);
  });

  it("arrange one for the other", async () => {
    setTimeout(() => {
      note("timer")();
      reactor.callLater(1, () => {
        note("reactor")();
        setTimeout(note("second timer"), 500);
      });
    }, 500);
    await reactor.advance(5);
    expect(log).to.deep.equal([
      "timer, at 0.5 s, 500 ms",
      "reactor, at 1.5 s, 1500 ms",
      "second timer, at 2 s, 2000 ms",
    ]);
  });

  it("leave out those that are cleared", async () => {
    const timer = setTimeout(note("timer"), 1000);
    reactor.callLater(0.5, () => clearTimeout(timer));
    await reactor.advance(2);
    expect(log).to.deep.equal([]);
  });

  it("keep a run that drives itself going", async () => {
    setTimeout(note("timer"), 7000);
    await reactor.run();
    expect(log).to.deep.equal(["timer, at 7 s, 7000 ms"]);
  });

  it("let what awaits both go on", async () => {
    const waited = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await deferLater(reactor, 1, () => {});
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return reactor.seconds();
    })();
    await clock.runAllAsync();
    expect(await waited).to.equal(3);
  });

  it("go to the next of both", async () => {
    setTimeout(note("timer"), 2000);
    reactor.callLater(1, note("reactor"));
    await clock.nextAsync();
    expect(log).to.deep.equal(["reactor, at 1 s, 1000 ms"]);
    await clock.nextAsync();
    expect(log).to.have.lengthOf(2);
    await clock.nextAsync();
    expect(reactor.seconds()).to.equal(2);
  });

  it("report what a timer throws, and fire the others", async () => {
    setTimeout(() => {
      throw new RangeError("boom");
    }, 1000);
    setTimeout(note("timer"), 1000);
    await reactor.advance(1);
    expect(errors.map(String)).to.deep.equal(["RangeError: boom"]);
    expect(log).to.deep.equal(["timer, at 1 s, 1000 ms"]);
  });

  it("do not advance inside a call, while that would leave the reactor behind", () => {
    expect(() => clock.tick(1000)).to.throw(SynchronousTickError, "await clock.tickAsync()");
    for (const method of ["next", "runAll", "runToLast", "reset"] as const) {
      expect(() => clock[method]()).to.throw(SynchronousTickError, `clock.${method}()`);
    }
    part();
    clock.tick(1000);
    expect(Date.now() - EPOCH).to.equal(1000);
    expect(reactor.seconds()).to.equal(0);
  });

  it("go on from where the reactor is when they are joined", async () => {
    part();
    await reactor.advance(10);
    part = joinSinon(reactor, clock);
    setTimeout(note("timer"), 1000);
    await reactor.advance(1);
    expect(log).to.deep.equal(["timer, at 11 s, 1000 ms"]);
  });

  it("are refused where they cannot be joined", () => {
    const onLibuv = createReactor("libuv") as unknown as Reactor<"clock">;
    expect(() => joinSinon(onLibuv, clock)).to.throw(BadOptionError, 'on "libuv" keeps real time');
    const stranger = { now: 0, tick: () => {} } as unknown as sinon.SinonFakeTimers;
    expect(() => joinSinon(reactor, stranger)).to.throw(BadOptionError, "no clock of sinon");
  });
});
