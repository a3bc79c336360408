import { expect } from "chai";
import {
  Discard,
  Factory,
  Protocol,
  ResettableTimeout,
  ThrottlingFactory,
  TimeoutFactory,
} from "skein/protocols";
import { createReactor } from "skein/reactor";
import { LineClient } from "skein/testing";
import { Noted, onClock } from "../support/on-clock.ts";

describe("ResettableTimeout", () => {
  it("calls once, after so many seconds without a reset", async () => {
    const reactor = createReactor("clock");
    const calls: number[] = [];
    const timeout = new ResettableTimeout(reactor, () => calls.push(reactor.seconds()));
    timeout.reset(); // nothing runs
    timeout.start(10);
    await reactor.advance(9);
    timeout.reset();
    await reactor.advance(9);
    expect(calls).to.deep.equal([]);
    await reactor.advance(100);
    expect(calls).to.deep.equal([19]);
    expect(timeout.running).to.equal(false);
    timeout.reset();
    await reactor.advance(100);
    expect(calls).to.deep.equal([19]);
  });

  it("may be started anew with another time, also from its own call, and stopped", async () => {
    const reactor = createReactor("clock");
    const calls: number[] = [];
    const timeout = new ResettableTimeout(reactor, () => {
      calls.push(reactor.seconds());
      if (calls.length < 3) timeout.start(2);
    });
    timeout.start(10);
    timeout.start(1);
    await reactor.advance(100);
    expect(calls).to.deep.equal([1, 3, 5]);
    timeout.start(1);
    timeout.stop();
    timeout.stop();
    timeout.start(1);
    timeout.start(Infinity);
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    expect(() => timeout.start(0)).to.throw("a timeout is over 0 seconds, not 0");
  });
});

describe("TimeoutFactory", () => {
  it("closes what was idle in both directions, with a TimeoutError", () =>
    onClock(async ({ reactor, pass }) => {
      const noted = new Noted();
      await reactor.listenTCP(
        7000,
        new TimeoutFactory(
          reactor,
          Factory.from(() => noted),
          { idle: 10 },
        ),
      );
      const client = await LineClient.dial(reactor, 7000);
      await pass(9);
      client.say("I am here");
      await pass(9);
      noted.transport.writeSequence(["so ", "am I\n"]);
      await pass(9);
      expect(client.transport.connected).to.equal(true);
      await client.ended;
      expect(reactor.seconds()).to.be.closeTo(28, 0.1);
      await pass(0.01);
      expect(noted.reason?.name).to.equal("TimeoutError");
      expect(noted.reason?.message).to.match(
        /^the connection with [\d.:]+ was idle for 10 seconds$/,
      );
    }));

  it("does not close on a peer that takes slowly what was written", () =>
    onClock(async ({ reactor, pass }) => {
      const noted = new Noted();
      const idle = new TimeoutFactory(
        reactor,
        Factory.from(() => noted),
        { idle: 5 },
      );
      // The pace of the network.
      await reactor.listenTCP(7000, new ThrottlingFactory(reactor, idle, { each: { write: 100 } }));
      const client = await LineClient.dial(reactor, 7000);
      await pass(0.01);
      noted.transport.write(`${"x".repeat(3000)}\n`);
      await client.heard("xxx", 40);
      expect(reactor.seconds()).to.be.within(29, 31);
      await client.ended;
      expect(reactor.seconds()).to.be.within(34, 41);
    }));

  it("closes on a peer that takes nothing, and then gives it closeTimeout for the rest", () =>
    onClock(
      async ({ reactor, pass }) => {
        const noted = new Noted();
        const idle = new TimeoutFactory(
          reactor,
          Factory.from(() => noted),
          { idle: 5 },
        );
        await reactor.listenTCP(7000, idle);
        const client = await LineClient.dial(reactor, 7000);
        client.transport.pauseProducing();
        await pass(0.01);
        noted.transport.closeTimeout = 3;
        noted.transport.write("x".repeat(100_000));
        await pass(4);
        expect(noted.transport.connected).to.equal(true);
        await pass(5);
        expect(noted.transport.connected).to.equal(false);
        await pass(5);
        expect(noted.reason?.message).to.contain("closing the connection");
        expect(String(noted.reason?.cause)).to.contain("was idle for 5 seconds");
        client.abort();
      },
      { receiveBufferBytes: 5000, sendBufferBytes: 5000 },
    ));

  it("closes what lasts too long, however busy: a trickle of bytes does not help", () =>
    onClock(async ({ reactor, pass }) => {
      const factory = new TimeoutFactory(reactor, Factory.forProtocol(Discard), {
        idle: 5,
        lifetime: 30,
      });
      await reactor.listenTCP(7000, factory);
      const client = await LineClient.dial(reactor, 7000);
      for (let second = 0; !client.ended.called && second < 100; second++) {
        client.transport.write("x");
        await pass(1);
      }
      expect(reactor.seconds()).to.be.within(30, 31);
    }));

  it("leaves no call behind when the connection ends by itself", () =>
    onClock(async ({ reactor, pass }) => {
      const factory = new TimeoutFactory(reactor, Factory.forProtocol(Protocol), {
        idle: 5,
        lifetime: 30,
      });
      await reactor.listenTCP(7000, factory);
      const client = await LineClient.dial(reactor, 7000);
      client.close();
      await client.ended;
      await pass(0.01);
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
    }));

  it("refuses times that are none, and to have none", () =>
    onClock(async ({ reactor }) => {
      const factory = Factory.forProtocol(Protocol);
      expect(() => new TimeoutFactory(reactor, factory, {})).to.throw("needs a time");
      expect(() => new TimeoutFactory(reactor, factory, { idle: -1 })).to.throw("over 0 seconds");
    }));
});
