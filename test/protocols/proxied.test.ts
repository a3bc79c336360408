import { expect } from "chai";
import {
  announcing,
  ClientFactory,
  Factory,
  inNetworks,
  LimitConnectionsByPeer,
  Protocol,
  proxied,
  proxyHeader,
  proxyHeaderOf,
  ThrottlingFactory,
  TimeoutFactory,
} from "skein/protocols";
import { LineClient } from "skein/testing";
import { Noted, onClock, type OnClock } from "../support/on-clock.ts";

const HEADER = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n";
const source = { type: "TCP", host: "192.0.2.1", port: 56324 } as const;
const destination = { type: "TCP", host: "198.51.100.7", port: 443 } as const;

/** A port whose protocols are kept. */
function serving(
  reactor: OnClock,
  options = {},
): { protocols: Noted[]; addresses: unknown[]; listening: PromiseLike<unknown> } {
  const protocols: Noted[] = [];
  const addresses: unknown[] = [];
  const factory = Factory.from((address) => {
    addresses.push(address);
    const noted = new Noted();
    protocols.push(noted);
    return noted;
  });
  const listening = reactor.listenTCP(7000, proxied(reactor, factory, options));
  return { protocols, addresses, listening };
}

describe("proxied()", () => {
  it("shows the announced addresses to the factory and to the protocol", () =>
    onClock(async ({ reactor, pass }) => {
      const { protocols, addresses, listening } = serving(reactor);
      await listening;
      const client = await LineClient.dial(reactor, 7000);
      client.transport.write(`${HEADER}hello`);
      await pass(0.1);
      const [protocol] = protocols;
      expect(addresses).to.deep.equal([source]);
      expect(protocol?.transport.getPeer()).to.deep.equal(source);
      expect(protocol?.transport.getHost()).to.deep.equal(destination);
      expect(protocol?.received).to.equal("hello");
      protocol?.transport.write("welcome\n");
      await client.heard("welcome");
      client.close();
      await pass(0.1);
      expect(protocol?.life).to.deep.equal(["made", "lost ConnectionDoneError"]);
    }));

  it("takes a header byte by byte, and builds nothing before it is whole", () =>
    onClock(async ({ reactor, pass }) => {
      const { protocols, listening } = serving(reactor);
      await listening;
      const client = await LineClient.dial(reactor, 7000);
      for (const byte of proxyHeader({ source, destination, authority: "x" })) {
        expect(protocols).to.have.length(0);
        client.transport.write(Uint8Array.of(byte));
        await pass(0.01);
      }
      expect(protocols).to.have.length(1);
      expect(proxyHeaderOf(protocols[0]?.transport as never)?.authority).to.equal("x");
      client.close();
    }));

  it("shows the connection's own addresses for LOCAL and UNKNOWN", () =>
    onClock(async ({ reactor, pass }) => {
      const { protocols, listening } = serving(reactor);
      await listening;
      for (const header of [proxyHeader({ command: "local" }), "PROXY UNKNOWN\r\n"]) {
        const client = await LineClient.dial(reactor, 7000);
        client.transport.write(header);
        await pass(0.1);
        const transport = protocols.at(-1)?.transport;
        expect(transport?.getPeer()).to.deep.equal(client.transport.getHost());
        expect(transport?.getHost()).to.deep.equal(client.transport.getPeer());
        client.close();
      }
    }));

  it("ends what has no header, what has a bad one, and what has none in time", () =>
    onClock(async ({ reactor, pass }) => {
      const { protocols, listening } = serving(reactor, { timeout: 3 });
      await listening;
      const [plain, silent, trickling, leaving] = await Promise.all(
        [0, 1, 2, 3].map(() => LineClient.dial(reactor, 7000)),
      );
      leaving?.transport.write("PROXY TC");
      leaving?.close();
      plain?.say("GET / HTTP/1.0");
      await plain?.ended;
      expect(reactor.seconds()).to.be.lessThan(1);
      for (const byte of HEADER.slice(0, 30)) {
        trickling?.transport.write(byte);
        await pass(0.2);
      }
      await Promise.all([silent?.ended, trickling?.ended]);
      expect(protocols).to.have.length(0);
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
    }));

  it("refuses those who are not trusted: they could claim to be anybody", () =>
    onClock(async ({ reactor, pass }) => {
      const { protocols, listening } = serving(reactor, { trusted: inNetworks(["127.0.0.8/31"]) });
      await listening;
      const clients = ["127.0.0.1", "127.0.0.9"].map((bindAddress) => {
        const noted = new Noted();
        const factory = announcing(
          ClientFactory.from(() => noted),
          { source, destination },
        );
        reactor.connectTCP("127.0.0.1", 7000, factory, { bindAddress });
        return noted;
      });
      await pass(0.1);
      expect(clients.map(({ reason }) => reason === undefined)).to.deep.equal([false, true]);
      expect(protocols).to.have.length(1);
    }));

  it("closes where the factory builds no protocol, and reports where it throws", () =>
    onClock(async ({ reactor, errors }) => {
      const factories = [
        Factory.from(() => null),
        Factory.from(() => {
          throw new Error("cannot build");
        }),
      ];
      for (const [i, factory] of factories.entries()) {
        await reactor.listenTCP(7000 + i, proxied(reactor, factory));
        const client = await LineClient.dial(reactor, 7000 + i);
        client.transport.write(HEADER);
        await client.ended;
      }
      expect(errors.splice(0).map(String)).to.deep.equal(["Error: cannot build"]);
    }));

  it("lets policies inside see the clients, through all of them to the header", () =>
    onClock(async ({ reactor, pass }) => {
      const protocols: Noted[] = [];
      const inner = Factory.from(() => {
        protocols.push(new Noted());
        return protocols.at(-1) as Noted;
      });
      const stack = new LimitConnectionsByPeer(
        new ThrottlingFactory(reactor, new TimeoutFactory(reactor, inner, { idle: 100 }), {
          each: { read: 1e6 },
        }),
        1,
      );
      await reactor.listenTCP(7000, proxied(reactor, stack));
      const dial = async (host: string): Promise<LineClient> => {
        const client = await LineClient.dial(reactor, 7000);
        client.transport.write(proxyHeader({ source: { ...source, host }, destination }));
        await pass(0.1);
        return client;
      };
      const [, second, third] = [
        await dial("192.0.2.1"),
        await dial("192.0.2.1"),
        await dial("::7"),
      ];
      await second.ended;
      expect(third.transport.connected).to.equal(true);
      const transport = protocols[1]?.transport as Protocol["transport"];
      expect(transport.getPeer()).to.deep.include({ host: "::7" });
      expect(proxyHeaderOf(transport)?.version).to.equal(2);
      expect(proxyHeaderOf(third.transport)).to.equal(undefined);
    }));

  it("is announced by announcing(): the header, and then what the protocol writes", () =>
    onClock(async ({ reactor, pass }) => {
      for (const version of [1, 2] as const) {
        const { protocols, listening } = serving(reactor);
        const port = (await listening) as { stopListening(): PromiseLike<void> };
        class Client extends Protocol {
          override connectionMade(): void {
            this.transport.write("hello");
          }
        }
        const factory = announcing(ClientFactory.forProtocol(Client), {
          version,
          source,
          destination,
        });
        reactor.connectTCP("127.0.0.1", 7000, factory);
        await pass(0.1);
        expect(protocols[0]?.received).to.equal("hello");
        expect(protocols[0]?.transport.getPeer()).to.deep.equal(source);
        await port.stopListening();
      }
    }));

  it("refuses a time that is none", () =>
    onClock(async ({ reactor }) => {
      const make = (): unknown => proxied(reactor, Factory.forProtocol(Protocol), { timeout: 0 });
      expect(make).to.throw("over 0 seconds");
    }));
});
