import { expect } from "chai";
import type { Failure } from "skein/defer";
import { ClientFactory, Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  type ClockOptions,
  ConnectError,
  ConnectionLostError,
  ConnectionRefusedError,
  type Connector,
  createReactor,
  type Reactor,
  type TraceEvent,
} from "skein/reactor";

const HOST = "10.0.0.5";
const PORT = 80;

type World = Reactor<"tcp" | "udp" | "unix" | "clock" | "network">;

/** Remembers what it got, and how it ended. */
class Peer extends Protocol {
  received = "";
  reason: Error | undefined;
  override dataReceived(data: Uint8Array): void {
    this.received += new TextDecoder().decode(data);
  }
  override connectionLost(reason: Failure): void {
    this.reason = reason.value as Error;
  }
}

class Peers extends ClientFactory<Peer> {
  readonly made: Peer[] = [];
  failure: Error | undefined;
  override buildProtocol(): Peer {
    const peer = new Peer();
    this.made.push(peer);
    return peer;
  }
  override clientConnectionFailed(_connector: Connector, reason: Failure): void {
    this.failure = reason.value as Error;
  }
}

function dial(reactor: World, timeout = 1000, host = HOST): Peers {
  const clients = new Peers();
  reactor.connectTCP(host, PORT, clients, { timeout });
  return clients;
}

async function open(options: ClockOptions = {}, backlog = 50): Promise<[World, Peers]> {
  const reactor = createReactor("clock", options);
  const servers = new Peers();
  await reactor.advance(0);
  void reactor.listenTCP(PORT, servers, { backlog });
  await reactor.advance(0);
  return [reactor, servers];
}

interface Connected {
  readonly reactor: World;
  readonly client: Peer;
  readonly server: Peer;
}

async function connected(options: ClockOptions = {}): Promise<Connected> {
  const [reactor, servers] = await open(options);
  const clients = dial(reactor);
  await reactor.advance(1);
  return { reactor, client: clients.made[0] as Peer, server: servers.made[0] as Peer };
}

describe("faults of the clock's network", () => {
  describe("partition()", () => {
    it("holds what is under way, and lets it arrive in order when it is healed", async () => {
      const { reactor, client, server } = await connected({ latency: 0.1 });
      client.transport.write("under way, ");
      await reactor.advance(0.05);
      const partition = reactor.partition({ host: HOST });
      client.transport.write("later");
      server.transport.write("answer");
      await reactor.advance(60);
      expect([server.received, client.received]).to.deep.equal(["", ""]);
      partition.heal();
      expect(server.received).to.equal("");
      await reactor.advance(0.1);
      expect(server.received).to.equal("under way, later");
      expect(client.received).to.equal("answer");
      await reactor.runUntilIdle();
      expect([client.reason, server.reason]).to.deep.equal([undefined, undefined]);
    });

    it("is between two only, and can be one way", async () => {
      const [reactor, servers] = await open();
      const clients = ["10.0.0.1", "10.0.0.2"].map((bindAddress) => {
        const client = new Peers();
        reactor.connectTCP(HOST, PORT, client, { bindAddress });
        return client;
      });
      await reactor.advance(1);
      reactor.partition({ host: "10.0.0.1" }, { host: HOST }, { oneWay: true });
      for (const [i, client] of clients.entries()) {
        client.made[0]?.transport.write("to the server");
        servers.made[i]?.transport.write("to the client");
      }
      await reactor.advance(1);
      const received = [...servers.made, ...clients.flatMap(({ made }) => made)].map(
        (peer) => peer.received,
      );
      expect(received).to.deep.equal(["", "to the server", "to the client", "to the client"]);
    });

    it("is a peer that vanished: without keep-alive the connection stays for ever", async () => {
      const { reactor, server } = await connected();
      reactor.partition(server.transport.getPeer());
      await reactor.advance(1e6);
      expect(server.reason).to.equal(undefined);
      expect(await reactor.runUntilIdle()).to.equal(true);
      expect(server.transport.connected).to.equal(true);
    });

    it("ends a connection with keep-alive after keepAliveSeconds of silence", async () => {
      for (const [options, seconds] of [
        [{}, 7875],
        [{ keepAliveSeconds: 20 }, 20],
      ] as const) {
        const { reactor, client, server } = await connected(options);
        server.transport.setTcpKeepAlive(true);
        reactor.partition(server.transport.getPeer());
        await reactor.advance(seconds - 1);
        expect(server.reason).to.equal(undefined);
        await reactor.advance(2);
        expect(server.reason).to.be.instanceOf(ConnectionLostError);
        expect(server.reason?.message).to.match(/ETIMEDOUT: keep-alive/);
        expect(client.reason).to.equal(undefined);
      }
    });

    it("does not end one that is healed in time, or that asks no more", async () => {
      const { reactor, client, server } = await connected({ keepAliveSeconds: 20 });
      for (const { transport } of [client, server]) transport.setTcpKeepAlive(true);
      const partition = reactor.partition({ port: PORT });
      client.transport.setTcpKeepAlive(false);
      await reactor.advance(15);
      partition.heal();
      await reactor.advance(100);
      expect([client.reason, server.reason]).to.deep.equal([undefined, undefined]);
    });

    it("ends a writer whose bytes are not answered for retransmitSeconds", async () => {
      const { reactor, client, server } = await connected();
      server.transport.setTcpKeepAlive(true);
      reactor.partition({ host: HOST });
      await reactor.advance(100);
      client.transport.write("anybody there?");
      await reactor.advance(924);
      expect(client.reason).to.equal(undefined);
      await reactor.advance(1);
      expect(client.reason?.message).to.match(/ETIMEDOUT: what was sent/);
      // What it had sent is not sent again.
      reactor.heal();
      await reactor.advance(1);
      expect(server.received).to.equal("");
      expect(server.transport.connected).to.equal(true);
    });

    it("fills the window of a writer, whose bufferedBytes tells so", async () => {
      const { reactor, client, server } = await connected({ receiveBufferBytes: 1000 });
      reactor.partition({ host: HOST });
      client.transport.write("x".repeat(1500));
      await reactor.advance(10);
      expect(client.transport.bufferedBytes).to.equal(500);
      reactor.heal();
      await reactor.advance(1);
      expect(server.received.length).to.equal(1500);
      expect(client.transport.bufferedBytes).to.equal(0);
    });

    it("holds an end, and loses a reset: who is half-open learns of it by writing", async () => {
      const { reactor, client, server } = await connected();
      const partition = reactor.partition({ host: HOST });
      client.transport.abortConnection();
      await reactor.advance(1);
      partition.heal();
      await reactor.advance(100);
      expect(server.reason).to.equal(undefined);
      server.transport.write("hello?");
      await reactor.advance(1);
      expect(server.reason).to.be.instanceOf(ConnectionLostError);

      const other = await connected();
      other.reactor.partition({ host: HOST });
      other.client.transport.loseConnection();
      await other.reactor.advance(1);
      expect(other.client.reason?.name).to.equal("ConnectionDoneError");
      expect(other.server.reason).to.equal(undefined);
      other.reactor.heal();
      await other.reactor.advance(1);
      expect(other.server.reason?.name).to.equal("ConnectionDoneError");
    });

    it("is noticed by a daemon's own limit of idleness", async () => {
      class Impatient extends Peer {
        override connectionMade(): void {
          reactor.callLater(60, () => this.transport.abortConnection());
        }
      }
      const reactor = createReactor("clock");
      const servers: Impatient[] = [];
      void reactor.listenTCP(
        PORT,
        new (class extends Factory {
          override buildProtocol(): Impatient {
            servers.push(new Impatient());
            return servers[0] as Impatient;
          }
        })(),
      );
      await reactor.advance(0);
      dial(reactor);
      await reactor.advance(1);
      reactor.partition((servers[0] as Impatient).transport.getPeer());
      await reactor.advance(60);
      expect(servers[0]?.reason?.name).to.equal("ConnectionAbortedError");
    });

    it("loses datagrams", async () => {
      const reactor = createReactor("clock");
      const got: string[] = [];
      const receiver = {
        makeConnection: () => {},
        datagramReceived: (data: Uint8Array) => void got.push(new TextDecoder().decode(data)),
        stopProtocol: () => {},
      };
      const listening = reactor.listenUDP(9, receiver as never);
      await reactor.advance(0);
      const port = await listening;
      const partition = reactor.partition({ port: 9 });
      port.write("lost", { host: HOST, port: 9 });
      await reactor.advance(1);
      partition.heal();
      port.write("arrives", { host: HOST, port: 9 });
      await reactor.advance(1);
      expect(got).to.deep.equal(["arrives"]);
    });
  });

  describe("connects", () => {
    it("that nobody answers end with their own timeout", async () => {
      const [reactor] = await open();
      reactor.partition({ host: HOST });
      const clients = dial(reactor, 5);
      await reactor.advance(6);
      expect(clients.failure?.name).to.equal("TimeoutError");
    });

    it("that nobody answers are asked again, and connected when it is healed", async () => {
      const [reactor] = await open();
      const fault = reactor.faultConnects({ port: PORT }, "unanswered");
      const clients = dial(reactor);
      await reactor.advance(4);
      fault.heal();
      await reactor.advance(2.9);
      // It was asked at 0, 1 and 3 seconds; the next time is at 7.
      expect(clients.made).to.have.length(0);
      await reactor.advance(0.1);
      expect(clients.made).to.have.length(1);
    });

    it("that are never answered fail after 127 seconds, as on Linux", async () => {
      const [reactor] = await open({ latency: 0.3 });
      reactor.faultConnects({ host: HOST }, "unanswered");
      const clients = dial(reactor);
      await reactor.advance(126.9);
      expect(clients.failure).to.equal(undefined);
      await reactor.advance(0.2);
      expect(clients.failure).to.be.instanceOf(ConnectError);
      expect(clients.failure?.message).to.match(/10\.0\.0\.5:80: ETIMEDOUT/);
    });

    it("can be refused, by host and port", async () => {
      const [reactor] = await open();
      const fault = reactor.faultConnects({ host: HOST, port: PORT }, "refused");
      const [refused, elsewhere] = [dial(reactor), dial(reactor, 10, "10.0.0.6")];
      await reactor.advance(1);
      expect(refused.failure).to.be.instanceOf(ConnectionRefusedError);
      expect(elsewhere.made).to.have.length(1);
      fault.heal();
      fault.heal();
      const again = dial(reactor);
      await reactor.advance(1);
      expect(again.made).to.have.length(1);
    });

    it("can be reset before anybody accepts them", async () => {
      const [reactor, servers] = await open({ latency: 0.1 });
      reactor.faultConnects({ port: PORT }, "reset");
      const clients = dial(reactor);
      await reactor.advance(0.25);
      expect(clients.made[0]?.transport.connected).to.equal(true);
      await reactor.advance(1);
      expect(clients.made[0]?.reason).to.be.instanceOf(ConnectionLostError);
      expect(servers.made).to.have.length(0);
    });

    it("of several faults feel the last", async () => {
      const [reactor] = await open();
      reactor.faultConnects({}, "refused");
      const last = reactor.faultConnects({ port: PORT }, "reset");
      const reset = dial(reactor);
      await reactor.advance(1);
      expect(reset.made).to.have.length(1);
      last.heal();
      const refused = dial(reactor);
      await reactor.advance(1);
      expect(refused.failure).to.be.instanceOf(ConnectionRefusedError);
      reactor.heal();
      const healed = dial(reactor);
      await reactor.advance(1);
      expect(healed.made).to.have.length(1);
    });

    it("to a program that hangs wait in its backlog; others get no answer", async () => {
      const [reactor, servers] = await open({}, 2);
      const fault = reactor.faultConnects({ port: PORT }, "held");
      const clients = Array.from({ length: 5 }, () => dial(reactor, 60));
      await reactor.advance(0.9);
      const made = (): number => clients.filter((client) => client.made.length === 1).length;
      expect(made()).to.equal(3);
      expect(servers.made).to.have.length(0);
      clients[0]?.made[0]?.transport.write("I was here first");
      await reactor.advance(4);
      expect(made()).to.equal(3);
      fault.heal();
      expect(servers.made).to.have.length(0);
      await reactor.advance(0);
      expect(servers.made).to.have.length(3);
      expect(servers.made[0]?.received).to.equal("I was here first");
      await reactor.advance(3);
      expect(made()).to.equal(5);
      expect(servers.made).to.have.length(5);
    });

    it("to a program that hangs are reset when it dies", async () => {
      const [reactor] = await open({}, 2);
      const listening = reactor.listenTCP(81, new Peers());
      await reactor.advance(0);
      const port = await listening;
      reactor.faultConnects(port.getHost(), "held");
      const clients = new Peers();
      reactor.connectTCP(HOST, 81, clients);
      await reactor.advance(1);
      void port.stopListening();
      await reactor.advance(1);
      expect(clients.made[0]?.reason).to.be.instanceOf(ConnectionLostError);
    });
  });

  describe("resetConnections()", () => {
    it("resets both ends, whatever is under way, and others not", async () => {
      const [reactor, servers] = await open({ latency: 0.1 });
      const [one, two] = [dial(reactor), dial(reactor)];
      await reactor.advance(1);
      const [cut, whole] = [one.made[0] as Peer, two.made[0] as Peer];
      for (const { transport } of [cut, whole]) transport.write("hello");
      await reactor.advance(0.05);
      expect(reactor.resetConnections(cut.transport.getHost())).to.equal(1);
      expect(cut.reason).to.equal(undefined);
      await reactor.advance(1);
      expect(cut.reason).to.be.instanceOf(ConnectionLostError);
      expect(servers.made[0]?.reason).to.be.instanceOf(ConnectionLostError);
      expect(servers.made.map(({ received }) => received)).to.deep.equal(["", "hello"]);
      expect(whole.reason).to.equal(undefined);
      expect(reactor.resetConnections({ port: PORT })).to.equal(1);
      await reactor.advance(1);
      expect(reactor.resetConnections({})).to.equal(0);
    });
  });

  it("refuses ends that are none, and faults that are none", () => {
    const reactor = createReactor("clock");
    for (const end of [{ host: "no-such-host" }, { port: -1 }, { port: 1.5 }]) {
      expect(() => reactor.partition(end)).to.throw(BadOptionError);
      expect(() => reactor.partition({}, end)).to.throw(BadOptionError);
      expect(() => reactor.faultConnects(end, "reset")).to.throw(BadOptionError);
      expect(() => reactor.resetConnections(end)).to.throw(BadOptionError);
    }
    expect(() => reactor.faultConnects({}, "slow" as "reset")).to.throw(BadOptionError, /held/);
    const socket = { type: "UNIX", name: "/run/x.sock" } as const;
    expect(() => reactor.partition(socket)).to.throw(BadOptionError, /x\.sock/);
  });

  it("are in the trace by name, and when they end", async () => {
    const trace: TraceEvent[] = [];
    const { reactor, client } = await connected({ trace: (event) => trace.push(event) });
    trace.length = 0;
    reactor.partition({ host: HOST }, { port: 9 }, { oneWay: true });
    reactor.partition({ host: HOST });
    client.transport.write("held");
    await reactor.advance(1);
    reactor.faultConnects({ port: PORT }, "unanswered");
    const clients = dial(reactor, 0.5);
    await reactor.advance(1);
    reactor.heal();
    await reactor.advance(1);
    reactor.resetConnections({ port: PORT });
    expect(clients.failure).to.be.instanceOf(Error);
    const from = client.transport.getHost() as { port: number };
    expect(
      trace.map(({ event }) => event).filter((event) => !/turn|lost/.test(event)),
    ).to.deep.equal([
      "partition 10.0.0.5>*:9",
      "partition 10.0.0.5|*",
      `data 4 #2471847e ${from.port}>80`,
      `held ${from.port}>80`,
      "connects unanswered *:80",
      "unanswered 10.0.0.5:80",
      "healed: partition 10.0.0.5>*:9",
      "healed: partition 10.0.0.5|*",
      "healed: connects unanswered *:80",
      "reset connections *:80",
    ]);
  });
});
