import { expect } from "chai";
import {
  ClientFactory,
  Factory,
  LimitConnectionsByPeer,
  LimitTotalConnectionsFactory,
  Protocol,
  type StreamAddress,
  WrappingFactory,
} from "skein/protocols";
import { LineClient } from "skein/testing";
import { Noted, onClock } from "../support/on-clock.ts";

const tcp = (host: string): StreamAddress => ({ type: "TCP", host, port: 1 });

class Full extends Protocol {
  override connectionMade(): void {
    this.transport.write("full\n");
    this.transport.loseConnection();
  }
}

describe("LimitTotalConnectionsFactory", () => {
  it("refuses connections over the limit, until others have ended", () =>
    onClock(async ({ reactor, pass }) => {
      const limited = new LimitTotalConnectionsFactory(Factory.forProtocol(Noted), 2);
      await reactor.listenTCP(7000, limited);
      const clients = [0, 1, 2].map(() => LineClient.dial(reactor, 7000));
      const [first, , third] = await Promise.all(clients);
      await third?.ended;
      expect(limited.connections).to.equal(2);
      first?.close();
      await pass(0.01);
      expect(limited.connections).to.equal(1);
      const fourth = await LineClient.dial(reactor, 7000);
      await pass(0.01);
      expect([limited.connections, fourth.transport.connected]).to.deep.equal([2, true]);
    }));

  it("tells those over the limit that it is full; they do not count", () =>
    onClock(async ({ reactor }) => {
      const limited = new LimitTotalConnectionsFactory(Factory.forProtocol(Noted), 1, {
        overflow: Factory.forProtocol(Full),
      });
      await reactor.listenTCP(7000, limited);
      await LineClient.dial(reactor, 7000);
      for (let i = 0; i < 3; i++) {
        const client = await LineClient.dial(reactor, 7000);
        await client.heard("full");
        expect(limited.connections).to.equal(1);
      }
    }));

  it("holds in a flood of connections, and counts none twice", () =>
    onClock(async ({ reactor, pass }) => {
      const limited = new LimitTotalConnectionsFactory(Factory.forProtocol(Noted), 10);
      await reactor.listenTCP(7000, limited, { backlog: 1000 });
      const clients = await Promise.all(
        Array.from({ length: 500 }, () => LineClient.dial(reactor, 7000)),
      );
      await pass(0.1);
      expect(limited.connections).to.equal(10);
      clients.forEach((client, i) => (i % 2 === 0 ? client.abort() : client.close()));
      await pass(0.1);
      expect(limited.connections).to.equal(0);
    }));

  it("does not count a protocol that was built in vain, or throws when it is made", () =>
    onClock(async ({ reactor, errors, pass }) => {
      class Throwing extends Protocol {
        override connectionMade(): void {
          throw new Error("no");
        }
      }
      const limited = new LimitTotalConnectionsFactory(Factory.forProtocol(Throwing), 1);
      limited.buildProtocol(tcp("127.0.0.1"));
      await reactor.listenTCP(7000, limited);
      for (let i = 0; i < 3; i++) await (await LineClient.dial(reactor, 7000)).ended;
      await pass(0.01);
      expect(errors.splice(0).map(String)).to.deep.equal(["Error: no", "Error: no", "Error: no"]);
      expect(limited.connections).to.equal(0);
    }));

  it("limits a client's factory, whose connector is told", () =>
    onClock(async ({ reactor, pass }) => {
      await reactor.listenTCP(7000, Factory.forProtocol(Protocol));
      const events: string[] = [];
      class Client extends ClientFactory {
        override buildProtocol(): Protocol {
          return new Protocol();
        }
        override startedConnecting(): void {
          events.push("connecting");
        }
        override clientConnectionFailed(): void {
          events.push("failed");
        }
        override clientConnectionLost(): void {
          events.push("lost");
        }
      }
      const limited = new LimitTotalConnectionsFactory(new Client(), 1);
      const connectors = [0, 1].map(() => reactor.connectTCP("127.0.0.1", 7000, limited));
      await pass(0.1);
      expect(events).to.deep.equal(["connecting", "connecting", "failed"]);
      connectors[0]?.disconnect();
      await pass(0.1);
      expect(events.at(-1)).to.equal("lost");
    }));

  it("refuses limits under 1", () => {
    const make = (): unknown => new LimitTotalConnectionsFactory(Factory.forProtocol(Protocol), 0);
    expect(make).to.throw("a limit of connections is 1 or more, not 0");
  });
});

describe("LimitConnectionsByPeer", () => {
  it("counts each address by itself, and forgets those who have left", () =>
    onClock(async ({ reactor, pass }) => {
      const limited = new LimitConnectionsByPeer(Factory.forProtocol(Noted), 2, {
        overflow: Factory.forProtocol(Full),
      });
      await reactor.listenTCP(7000, limited);
      const from = (bindAddress: string): Noted => {
        const noted = new Noted();
        const factory = ClientFactory.from(() => noted);
        reactor.connectTCP("127.0.0.1", 7000, factory, { bindAddress });
        return noted;
      };
      const greedy = Array.from({ length: 5 }, () => from("127.0.0.2"));
      const modest = from("127.0.0.3");
      await pass(0.1);
      expect(greedy.filter(({ received }) => received === "full\n")).to.have.length(3);
      expect(modest.life).to.deep.equal(["made"]);
      expect(limited.connectionsOf(tcp("127.0.0.2"))).to.equal(2);
      for (const { transport } of greedy) transport.loseConnection();
      await pass(0.1);
      expect(limited.connectionsOf(tcp("127.0.0.2"))).to.equal(0);
      expect(limited.connectionsOf(tcp("127.0.0.3"))).to.equal(1);
    }));

  it("takes a network of IPv6 for one peer, 64 bits of it unless told otherwise", () => {
    const build = (options: { ipv6PrefixBits?: number }): ((host: string) => boolean) => {
      const limited = new LimitConnectionsByPeer(Factory.forProtocol(Noted), 1, options);
      return (host) => {
        const protocol = limited.buildProtocol(tcp(host));
        protocol?.makeConnection(undefined as never);
        return protocol !== null;
      };
    };
    const by64 = build({});
    expect(by64("2001:db8::1")).to.equal(true);
    expect(by64("2001:db8::2:0:0:7")).to.equal(false);
    expect(by64("2001:db8:0:1::1")).to.equal(true);
    expect(by64("192.0.2.1")).to.equal(true);
    expect(by64("192.0.2.2")).to.equal(true);
    expect(by64("::ffff:192.0.2.1")).to.equal(false);
    const each = build({ ipv6PrefixBits: 128 });
    expect([each("2001:db8::1"), each("2001:db8::2")]).to.deep.equal([true, true]);
  });

  it("does not limit clients of UNIX sockets, unless it is told whose they are", () =>
    onClock(async ({ reactor, pass }) => {
      const limited = new LimitConnectionsByPeer(Factory.forProtocol(Noted), 1);
      const all = new LimitConnectionsByPeer(Factory.forProtocol(Noted), 1, {
        peerOf: () => "all",
      });
      for (const [name, factory] of Object.entries({ limited, all })) {
        await reactor.listenUNIX(`/${name}`, factory);
        const clients = [new Noted(), new Noted()];
        for (const client of clients) {
          reactor.connectUNIX(
            `/${name}`,
            ClientFactory.from(() => client),
          );
        }
        await pass(0.1);
        const open = clients.filter(({ reason }) => reason === undefined).length;
        expect(open).to.equal(factory === all ? 1 : 2);
      }
    }));

  it("passes on the use of the factory, and a protocol that is not built", () => {
    const events: string[] = [];
    class Refusing extends Factory {
      override buildProtocol(): null {
        return null;
      }
      override startFactory(): void {
        events.push("start");
      }
      override stopFactory(): void {
        events.push("stop");
      }
    }
    const limited = new LimitConnectionsByPeer(new WrappingFactory(new Refusing()), 1);
    limited.doStart();
    expect(limited.buildProtocol(tcp("127.0.0.1"))).to.equal(null);
    limited.doStop();
    expect(events).to.deep.equal(["start", "stop"]);
  });
});
