import { expect } from "chai";
import {
  Discard,
  Factory,
  Protocol,
  type PullProducer,
  ThrottlingFactory,
  TokenBucket,
} from "skein/protocols";
import { LineClient } from "skein/testing";
import { Noted, onClock } from "../support/on-clock.ts";

/** Writes so much, and closes. */
function saying(bytes: number): Factory {
  return Factory.from(() => {
    return new (class extends Protocol {
      override connectionMade(): void {
        this.transport.write(`${"x".repeat(bytes - 1)}\n`);
        this.transport.loseConnection();
      }
    })();
  });
}

/** One factory for one protocol, which the test has. */
function only<P extends Protocol>(protocol: P): Factory<P> {
  return Factory.from(() => protocol);
}

describe("ThrottlingFactory", () => {
  it("lets no more be written in a second, and in the end all", () =>
    onClock(async ({ reactor, pass }) => {
      const slow = new ThrottlingFactory(reactor, saying(100_000), { each: { write: 10_000 } });
      await reactor.listenTCP(7000, slow);
      const client = await LineClient.dial(reactor, 7000);
      let heard = 0;
      const { dataReceived } = client;
      client.dataReceived = (data) => {
        heard += data.length;
        dataReceived.call(client, data);
      };
      for (let second = 1; second <= 9; second++) {
        await pass(1);
        expect(heard).to.be.within(10_000 * second, 10_000 * (second + 1));
      }
      await client.ended;
      expect(reactor.seconds()).to.be.closeTo(9, 0.01);
      expect(client.lines.map(({ length }) => length)).to.deep.equal([99_999]);
    }));

  it("shares a total among its connections, who wait their turns", () =>
    onClock(async ({ reactor }) => {
      const slow = new ThrottlingFactory(reactor, saying(500_000), { total: { write: 100_000 } });
      await reactor.listenTCP(7000, slow);
      const ends: number[] = [];
      const clients = await Promise.all([1, 2, 3, 4].map(() => LineClient.dial(reactor, 7000)));
      await Promise.all(
        clients.map(({ ended }) => ended.addCallback(() => ends.push(reactor.seconds()))),
      );
      // 2,000,000 bytes, of which one burst was there.
      expect(ends[3]).to.be.closeTo(19, 0.01);
      // None was served long before the others.
      expect(ends[0]).to.be.greaterThan(16);
    }));

  it("gives each its own and no more than its part of the total; buckets may be shared", () =>
    onClock(async ({ reactor }) => {
      const write = new TokenBucket(reactor, { rate: 30_000, burst: 1000 });
      const options = { total: { write }, each: { write: 10_000 } };
      for (const port of [7000, 7001]) {
        await reactor.listenTCP(port, new ThrottlingFactory(reactor, saying(100_000), options));
      }
      const alone = await LineClient.dial(reactor, 7000);
      await alone.ended;
      expect(reactor.seconds()).to.be.closeTo(9, 0.1);
      const all = await Promise.all(
        [7000, 7000, 7000, 7001, 7001, 7001].map((port) => LineClient.dial(reactor, port)),
      );
      const before = reactor.seconds();
      await Promise.all(all.map(({ ended }) => ended));
      expect(reactor.seconds() - before).to.be.closeTo(20, 0.1);
    }));

  it("slows down a peer that floods it: what is not read waits in the peer's system", () =>
    onClock(
      async ({ reactor, pass }) => {
        const noted = new Noted();
        await reactor.listenTCP(
          7000,
          new ThrottlingFactory(reactor, only(noted), { each: { read: 10_000 } }),
        );
        const client = await LineClient.dial(reactor, 7000);
        client.transport.write("x".repeat(200_000));
        for (let second = 1; second < 10; second++) {
          await pass(1);
          // One chunk may be over it, and is paid for afterwards.
          expect(noted.received.length).to.be.at.most(10_000 * (second + 2));
        }
        expect(client.transport.bufferedBytes).to.be.greaterThan(50_000);
        client.close();
        await client.ended;
        while (noted.reason === undefined) await pass(0.1);
        expect(noted.received.length).to.equal(200_000);
        expect(reactor.seconds()).to.be.closeTo(19, 2);
      },
      { receiveBufferBytes: 10_000, sendBufferBytes: 10_000, segments: 1000 },
    ));

  it("does not read on while its protocol has paused, though it is paid for", () =>
    onClock(async ({ reactor, pass }) => {
      const noted = new Noted();
      await reactor.listenTCP(
        7000,
        new ThrottlingFactory(reactor, only(noted), { each: { read: 100 } }),
      );
      const client = await LineClient.dial(reactor, 7000);
      client.transport.write("x".repeat(200));
      await pass(0.1);
      expect(noted.received.length).to.equal(200);
      noted.transport.pauseProducing();
      client.transport.write("y");
      await pass(10);
      expect(noted.received.length).to.equal(200);
      noted.transport.resumeProducing();
      await pass(0.1);
      expect(noted.received.length).to.equal(201);
      client.close();
    }));

  it("tells producers of the pace, and holds no more than the marks", () =>
    onClock(async ({ reactor }) => {
      let most = 0;
      let left = 100;
      class Pulled extends Protocol implements PullProducer {
        override connectionMade(): void {
          this.transport.registerProducer(this, false);
          this.transport.loseConnection();
        }
        resumeProducing(): void {
          this.transport.write("x".repeat(10_000));
          most = Math.max(most, this.transport.bufferedBytes);
          if (--left === 0) this.transport.unregisterProducer();
        }
        stopProducing(): void {}
      }
      const slow = new ThrottlingFactory(reactor, Factory.forProtocol(Pulled), {
        each: { write: 20_000 },
      });
      await reactor.listenTCP(7000, slow);
      const client = await LineClient.dial(reactor, 7000);
      const reason = await client.ended;
      expect(String(reason)).to.contain("closed cleanly");
      expect(reactor.seconds()).to.be.closeTo(49, 0.5);
      expect(most).to.be.at.most(16 * 1024 + 10_000);
    }));

  it("does not take its own pace for the peer's slowness, when it closes", () =>
    onClock(async ({ reactor }) => {
      const slow = new ThrottlingFactory(reactor, saying(10_000), { each: { write: 50 } });
      await reactor.listenTCP(7000, slow);
      const client = await LineClient.dial(reactor, 7000);
      expect(String(await client.ended)).to.contain("closed cleanly");
      // Over the 60 seconds that a peer has to take the rest.
      expect(reactor.seconds()).to.be.closeTo(199, 1);
    }));

  it("gives a peer that reads nothing only so long, when it closes", () =>
    onClock(
      async ({ reactor, pass }) => {
        const noted = new Noted();
        const slow = new ThrottlingFactory(reactor, only(noted), { each: { write: 10_000 } });
        await reactor.listenTCP(7000, slow);
        const client = await LineClient.dial(reactor, 7000);
        client.transport.pauseProducing();
        await pass(0.01);
        noted.transport.closeTimeout = 5;
        noted.transport.write("x".repeat(100_000));
        noted.transport.loseConnection();
        while (noted.reason === undefined) await pass(0.1);
        expect(noted.reason.message).to.match(/took over 5 seconds: \d+ bytes wait/);
        expect(reactor.seconds()).to.be.lessThan(10);
        client.abort();
      },
      { receiveBufferBytes: 5000, sendBufferBytes: 5000 },
    ));

  it("ends a connection for which too much waits", () =>
    onClock(async ({ reactor, pass }) => {
      const noted = new Noted();
      const slow = new ThrottlingFactory(reactor, only(noted), { each: { write: 10 } });
      await reactor.listenTCP(7000, slow);
      await LineClient.dial(reactor, 7000);
      await pass(0.01);
      noted.transport.maxBufferedBytes = 1000;
      expect(noted.transport.write("x".repeat(900))).to.equal(true);
      expect(noted.transport.write("x".repeat(900))).to.equal(false);
      await pass(0.1);
      expect(noted.life).to.deep.equal(["made", "lost WriteOverflowError"]);
    }));

  it("keeps nothing of a peer that has gone, and gives its turn to others", () =>
    onClock(async ({ reactor, pass }) => {
      const slow = new ThrottlingFactory(reactor, saying(10_000), { total: { write: 1000 } });
      await reactor.listenTCP(7000, slow);
      const [gone, stays] = [
        await LineClient.dial(reactor, 7000),
        await LineClient.dial(reactor, 7000),
      ];
      await pass(2);
      const before = reactor.seconds();
      gone.abort();
      await stays.ended;
      // With the other's part it would be 17.
      expect(reactor.seconds() - before).to.be.lessThan(11);
    }));

  it("refuses rates that are none", () =>
    onClock(async ({ reactor }) => {
      for (const options of [{ each: { read: 0 } }, { total: { write: Infinity } }]) {
        const make = (): unknown =>
          new ThrottlingFactory(reactor, Factory.forProtocol(Discard), options);
        expect(make).to.throw("over 0 and finite");
      }
    }));
});
