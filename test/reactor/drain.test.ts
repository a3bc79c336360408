import { expect } from "chai";
import { Factory, ClientFactory } from "skein/protocols";
import { drain } from "../../src/reactor/internals.ts";
import { Noted, onClock, type OnClock } from "../support/on-clock.ts";

/** Connects, and gives both ends. */
async function connected(reactor: OnClock, pass: (seconds: number) => PromiseLike<void>) {
  const servers: Noted[] = [];
  const factory = Factory.from(() => {
    const server = new Noted();
    servers.push(server);
    return server;
  });
  await reactor.listenTCP(7000, factory);
  const clients = [new Noted(), new Noted()];
  for (const client of clients) {
    reactor.connectTCP(
      "127.0.0.1",
      7000,
      ClientFactory.from(() => client),
    );
  }
  await pass(1);
  return { servers, clients };
}

describe("draining", () => {
  it("closes the ports at once, and waits for the connections that others have made", () =>
    onClock(async ({ reactor, pass }) => {
      const { clients } = await connected(reactor, pass);
      let left: number | undefined;
      void drain(reactor, 30).addCallback((count) => (left = count));
      await pass(1);
      expect(reactor.inspect().filter(({ kind }) => kind === "port")).to.deep.equal([]);
      clients[0]?.transport.loseConnection();
      await pass(1);
      expect(left).to.equal(undefined);
      clients[1]?.transport.loseConnection();
      await pass(1);
      expect(left).to.equal(0);
    }));

  it("is over after its time, and leaves those alone that are left", () =>
    onClock(async ({ reactor, pass }) => {
      const { clients, servers } = await connected(reactor, pass);
      clients[0]?.transport.loseConnection();
      expect(await drain(reactor, 30)).to.equal(1);
      expect(servers.map(({ life }) => life.length)).to.deep.equal([2, 1]);
      expect(clients[1]?.life).to.deep.equal(["made"]);
    }));

  it("does not wait for what was connected from here", () =>
    onClock(async ({ reactor, pass }) => {
      const { servers } = await connected(reactor, pass);
      for (const { transport } of servers) transport.loseConnection();
      await pass(1);
      await reactor.listenTCP(7001, Factory.forProtocol(Noted));
      const before = reactor.seconds();
      expect(await drain(reactor, 30)).to.equal(0);
      expect(reactor.seconds() - before).to.be.lessThan(1);
    }));

  it("ends with the run", async () => {
    let left: number | undefined;
    await onClock(async ({ reactor, pass }) => {
      await connected(reactor, pass);
      void drain(reactor, Infinity).addCallback((count) => (left = count));
      await pass(100);
      expect(left).to.equal(undefined);
    });
    expect(left).to.equal(0);
  });
});
