import { expect } from "chai";
import { Deferred, fail, onUnhandledFailure } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  ClockBusyError,
  ClockStuckError,
  createReactor,
  type TraceEvent,
} from "skein/reactor";
import { LoopingCall } from "skein/task";
import { LineClient } from "skein/testing";

describe("the clock", () => {
  describe("advance()", () => {
    it("lets each call see its own time, and ends at the time asked for", async () => {
      const reactor = createReactor("clock");
      const seen: number[] = [];
      for (const delay of [1, 2.5, 4]) reactor.callLater(delay, () => seen.push(reactor.seconds()));
      await reactor.advance(3);
      expect(seen).to.deep.equal([1, 2.5]);
      expect(reactor.seconds()).to.equal(3);
    });

    it("makes calls that were added meanwhile, at their times", async () => {
      const reactor = createReactor("clock");
      const seen: number[] = [];
      const again = (): void => {
        seen.push(reactor.seconds());
        if (seen.length < 4) reactor.callLater(1, again);
      };
      reactor.callLater(1, again);
      await reactor.advance(10);
      expect(seen).to.deep.equal([1, 2, 3, 4]);
    });

    it("settles every promise before the next thing happens", async () => {
      const reactor = createReactor("clock");
      const seen: string[] = [];
      reactor.callLater(1, () => {
        void (async () => {
          for (let i = 0; i < 50; i++) await Promise.resolve();
          seen.push(`async, at ${reactor.seconds()}`);
        })();
      });
      reactor.callLater(1.001, () => seen.push("next"));
      await reactor.advance(2);
      expect(seen).to.deep.equal(["async, at 1", "next"]);
    });

    it("refuses times that are none", () => {
      const reactor = createReactor("clock");
      for (const seconds of [-1, Number.NaN, Infinity]) {
        expect(() => reactor.advance(seconds)).to.throw(BadOptionError);
        expect(() => reactor.pump([1, seconds])).to.throw(BadOptionError);
      }
      expect(() => reactor.runUntilIdle(-1)).to.throw(BadOptionError);
    });

    it("is one at a time", async () => {
      const reactor = createReactor("clock");
      const first = reactor.advance(1);
      expect(() => reactor.advance(1)).to.throw(ClockBusyError);
      expect(() => reactor.runUntilIdle()).to.throw(ClockBusyError);
      await first;
      await reactor.advance(1);
      expect(reactor.seconds()).to.equal(2);
    });

    it("is refused to those who run the reactor", async () => {
      const reactor = createReactor("clock");
      const stopped = reactor.run();
      expect(() => reactor.advance(1)).to.throw(ClockBusyError);
      reactor.stop();
      await stopped;
      await reactor.advance(1);
      expect(reactor.seconds()).to.equal(1);
    });

    it("passes the time also when the reactor stops within it", async () => {
      const reactor = createReactor("clock");
      const seen: string[] = [];
      reactor.callLater(1, () => reactor.stop());
      reactor.callLater(2, () => seen.push("called after the stop"));
      await reactor.advance(5);
      expect(reactor.seconds()).to.equal(5);
      expect(seen).to.deep.equal([]);
      expect(reactor.getDelayedCalls()).to.have.length(1);
    });

    it("says so when a program lets no time pass", async () => {
      const reactor = createReactor("clock", { turnsAtOnceMax: 1000 });
      const again = (): void => void reactor.callLater(0, again);
      reactor.callLater(5, again);
      const error: unknown = await reactor.advance(10).addErrback((failure) => failure.value);
      expect(error).to.be.instanceOf(ClockStuckError);
      expect(String(error)).to.match(/at 5 s/);
    });
  });

  describe('with advance: "jump"', () => {
    it("lets every call see the final time, in the order of the due times", async () => {
      const reactor = createReactor("clock", { advance: "jump" });
      const seen: string[] = [];
      for (const delay of [4, 1, 2.5]) {
        reactor.callLater(delay, () => seen.push(`${delay} at ${reactor.seconds()}`));
      }
      await reactor.advance(3);
      expect(seen).to.deep.equal(["1 at 3", "2.5 at 3"]);
      await reactor.pump([0.5, 1]);
      expect(seen.at(-1)).to.equal("4 at 4.5");
    });

    it("makes what its calls add in the same advance, when it is due by then", async () => {
      const reactor = createReactor("clock", { advance: "jump" });
      const seen: string[] = [];
      reactor.callLater(1, () => {
        reactor.callLater(0, () => seen.push(`0, at ${reactor.seconds()}`));
        reactor.callLater(1, () => seen.push(`1, at ${reactor.seconds()}`));
      });
      await reactor.advance(10);
      expect(seen.splice(0)).to.deep.equal(["0, at 10"]);
      await reactor.advance(1);
      expect(seen).to.deep.equal(["1, at 11"]);
    });

    it("ends a call that adds itself again and again, where Twisted's loops", async () => {
      const reactor = createReactor("clock", { advance: "jump", turnsAtOnceMax: 100 });
      const again = (): void => void reactor.callLater(0, again);
      reactor.callLater(1, again);
      const error: unknown = await reactor.advance(10).addErrback((failure) => failure.value);
      expect(error).to.be.instanceOf(ClockStuckError);
    });

    it("makes one beat of a LoopingCall of what were many", async () => {
      const reactor = createReactor("clock", { advance: "jump" });
      const seen: number[] = [];
      new LoopingCall(reactor, () => seen.push(reactor.seconds())).start(1, false);
      await reactor.advance(5.5);
      await reactor.advance(1);
      expect(seen).to.deep.equal([5.5, 6.5]);
    });
  });

  it("advances by sums that are not exact", async () => {
    const reactor = createReactor("clock");
    let called = false;
    reactor.callLater(1, () => {
      called = true;
    });
    await reactor.pump(Array.from({ length: 10 }, () => 0.1));
    expect(called).to.equal(true);
  });

  it("lets time stand still while a program goes on by setImmediate", async () => {
    const reactor = createReactor("clock");
    const seen: string[] = [];
    const goOn = (left: number): void => {
      if (left > 0) setImmediate(goOn, left - 1);
      else seen.push(`done at ${reactor.seconds()}`);
    };
    reactor.callLater(1, () => goOn(5));
    reactor.callLater(2, () => seen.push(`at ${reactor.seconds()}`));
    await reactor.advance(3);
    expect(seen).to.deep.equal(["done at 1", "at 2"]);
  });

  it("does not end a run before its last setImmediate", async () => {
    const reactor = createReactor("clock");
    const seen: string[] = [];
    const stopped = reactor.run();
    const goOn = (left: number): void => {
      if (left > 0) setImmediate(goOn, left - 1);
      else reactor.callLater(1, () => seen.push(`at ${reactor.seconds()}`));
    };
    goOn(5);
    await stopped;
    expect(seen).to.deep.equal(["at 1"]);
  });

  it("lets time pass beside a program that polls by setImmediate without end", async () => {
    const reactor = createReactor("clock");
    let polling = true;
    const poll = (): void => {
      if (polling) setImmediate(poll);
    };
    poll();
    await reactor.advance(1);
    polling = false;
    expect(reactor.seconds()).to.equal(1);
  });

  it("pump() advances step by step", async () => {
    const reactor = createReactor("clock");
    const seen: number[] = [];
    new LoopingCall(reactor, () => seen.push(reactor.seconds())).start(1);
    await reactor.pump([0.5, 1, 0.25]);
    expect(reactor.seconds()).to.equal(1.75);
    expect(seen).to.deep.equal([0, 1]);
  });

  describe("runUntilIdle()", () => {
    it("goes on until nothing is left to happen, and stays at the time of the last", async () => {
      const reactor = createReactor("clock");
      reactor.callLater(7, () => reactor.callLater(3, () => {}));
      expect(await reactor.runUntilIdle()).to.equal(true);
      expect(reactor.seconds()).to.equal(10);
    });

    it("does not wait for a call that was cancelled", async () => {
      const reactor = createReactor("clock");
      const call = reactor.callLater(3600, () => {});
      reactor.callLater(1, () => call.cancel());
      await reactor.runUntilIdle();
      expect(reactor.seconds()).to.equal(1);
    });

    it("ends at its limit when it never becomes idle", async () => {
      const reactor = createReactor("clock");
      new LoopingCall(reactor, () => {}).start(1);
      expect(await reactor.runUntilIdle(100.5)).to.equal(false);
      expect(reactor.seconds()).to.equal(100.5);
    });
  });

  describe("run()", () => {
    it("drives itself until it is stopped", async () => {
      const reactor = createReactor("clock");
      reactor.callLater(86_400, () => reactor.stop());
      await reactor.run();
      expect(reactor.seconds()).to.equal(86_400);
    });

    it("stops when nothing can ever happen again", async () => {
      const reactor = createReactor("clock");
      reactor.callLater(5, () => {});
      await reactor.run();
      expect(reactor.running).to.equal(false);
      expect(reactor.seconds()).to.equal(5);
    });

    it("fails when its shutdown waits for what will never happen", async () => {
      const reactor = createReactor("clock");
      reactor.addSystemEventTrigger("before", "shutdown", () => new Deferred());
      const error: unknown = await reactor.run().addErrback((failure) => failure.value);
      expect(error).to.have.property("code", "ERR_CLOCK_STUCK");
      expect(reactor.running).to.equal(false);
    });
  });

  it("reports a failure that is left unhandled, at the time it was left", async () => {
    const reactor = createReactor("clock");
    const reported: string[] = [];
    const restore = onUnhandledFailure(({ message }) =>
      reported.push(`${message}, at ${reactor.seconds()}`),
    );
    reactor.callLater(1, () => {
      fail(new Error("left"));
    });
    reactor.callLater(2, () => {});
    await reactor.advance(3);
    restore();
    expect(reported).to.deep.equal(["Error: left, at 1"]);
  });

  describe("its network", () => {
    class Echo extends Protocol {
      override dataReceived(data: Uint8Array): void {
        this.transport.write(data);
      }
    }

    it("takes its latency for each way", async () => {
      const reactor = createReactor("clock", { latency: 0.1 });
      const stopped = reactor.run();
      await reactor.listenTCP(7, Factory.forProtocol(Echo));
      const client = await LineClient.dial(reactor, 7);
      expect(reactor.seconds()).to.be.closeTo(0.2, 1e-9);
      client.say("there and back");
      await client.heard("back");
      expect(reactor.seconds()).to.be.closeTo(0.4, 1e-9);
      reactor.stop();
      await stopped;
    });

    it("refuses a latency that is none", () => {
      expect(() => createReactor("clock", { latency: -1 })).to.throw(BadOptionError);
    });

    it("gives both sides bytes of their own", async () => {
      const reactor = createReactor("clock");
      const stopped = reactor.run();
      class Scribble extends Protocol {
        override dataReceived(data: Uint8Array): void {
          this.transport.write(data);
          data.fill(0);
        }
      }
      await reactor.listenTCP(7, Factory.forProtocol(Scribble));
      const client = await LineClient.dial(reactor, 7);
      const bytes = new TextEncoder().encode("mine\n");
      client.transport.write(bytes);
      bytes.fill(0);
      expect(await client.heard("mine")).to.equal("mine");
      reactor.stop();
      await stopped;
    });

    it("gives equal programs equal traces", async () => {
      const traceOf = async (): Promise<TraceEvent[]> => {
        const events: TraceEvent[] = [];
        const reactor = createReactor("clock", {
          latency: 0.01,
          trace: (event) => events.push(event),
        });
        const stopped = reactor.run();
        await reactor.listenTCP(7, Factory.forProtocol(Echo));
        const clients = [];
        for (let i = 0; i < 5; i++) clients.push(await LineClient.dial(reactor, 7));
        for (const [i, client] of clients.entries()) client.say("x".repeat(i * 30_000));
        for (const client of clients) await client.heard(/^x*$/);
        for (const client of clients) client.close();
        reactor.callLater(1, () => reactor.stop());
        await stopped;
        return events;
      };
      const first = await traceOf();
      expect(first.length).to.be.greaterThan(30);
      expect(await traceOf()).to.deep.equal(first);
    });
  });
});
