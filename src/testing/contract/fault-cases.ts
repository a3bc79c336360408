import assert from "node:assert/strict";
import type { Failure } from "../../defer/failure.ts";
import { ConnectionDoneError, ConnectionLostError, NoProtocolError } from "../../reactor/errors.ts";
import type { TLSClientOptions } from "../../reactor/tls.ts";
import type { Connector, ListeningPort } from "../../reactor/transport.ts";
import type { ContractCertificates } from "./certificates.ts";
import type { ContractCase } from "./contract.ts";
import { connect, connected, listen, type Probe, ProbeFactory } from "./probe.ts";
import { clog } from "./producers.ts";
import type { World } from "./world.ts";

/** Checks that all that is open is what a bystander has, and that it works. */
async function undisturbed(
  world: World<"tcp">,
  bystander: { server: Probe; client: Probe },
  ports: number,
): Promise<void> {
  const count = (kind: string): number =>
    world.reactor.inspect().filter((thing) => thing.kind === kind).length;
  await world.until("no account is kept of what has ended", () => {
    return count("connection") === 2 && count("connector") === 1 && count("delayed call") === 0;
  });
  assert.equal(count("port"), ports);
  const before = bystander.server.received.length;
  bystander.client.transport.write("still here");
  await world.until("the bystander hears", () => bystander.server.received.length === before + 10);
}

/** When a peer resets, and what its victim is doing then. */
interface Reset {
  readonly when: string;
  readonly prepareServer?: (server: Probe) => void;
  readonly prepareClient?: (client: Probe) => void;
  readonly act?: (ends: { server: Probe; client: Probe }, world: World<"tcp">) => unknown;
  /** It may have been accepted, or not; and have heard of the reset, or not. */
  readonly early?: true;
}

const abort = (probe: Probe): void => probe.transport.abortConnection();

const resets: readonly Reset[] = [
  {
    when: "before the other end is accepted",
    prepareClient: (c) => (c.onMade = abort),
    early: true,
  },
  {
    when: "while the other end has paused since connectionMade",
    prepareServer: (server) => (server.onMade = () => server.transport.pauseProducing()),
    async act({ server, client }, world) {
      client.transport.abortConnection();
      await world.until("it is lost", () => client.lost);
      server.transport.resumeProducing();
    },
  },
  {
    when: "between bytes",
    async act({ server, client }, world) {
      client.transport.write("half a li");
      await world.until("it arrived", () => server.received === "half a li");
      client.transport.abortConnection();
    },
  },
  {
    when: "while the other end is closing, with much left to send",
    prepareClient: (client) => (client.onMade = () => client.transport.pauseProducing()),
    async act({ server, client }, world) {
      await clog(world, server);
      server.transport.loseConnection();
      client.transport.abortConnection();
    },
  },
  {
    when: "after the other end has half-closed",
    prepareServer: (server) => server.halfCloseable(),
    async act({ server, client }, world) {
      client.halfCloseable();
      server.transport.loseWriteConnection();
      await world.until("it is told", () => client.life.includes("read lost"));
      client.transport.abortConnection();
    },
  },
];

/** A client's factory that throws in one of its methods. */
class ThrowingClients extends ProbeFactory {
  readonly #where: string;
  readonly error: Error;

  constructor(where: string) {
    super();
    this.#where = where;
    this.error = new Error(`thrown in ${where}`);
  }

  #maybe(where: string): void {
    if (where === this.#where) throw this.error;
  }

  override startedConnecting(connector: Connector): void {
    super.startedConnecting(connector);
    this.#maybe("startedConnecting");
  }

  override buildProtocol(): Probe | null {
    this.#maybe("buildProtocol");
    return super.buildProtocol();
  }

  override clientConnectionFailed(connector: Connector, reason: Failure): void {
    super.clientConnectionFailed(connector, reason);
    this.#maybe("clientConnectionFailed");
  }

  override clientConnectionLost(connector: Connector, reason: Failure): void {
    super.clientConnectionLost(connector, reason);
    this.#maybe("clientConnectionLost");
  }

  override stopFactory(): void {
    super.stopFactory();
    this.#maybe("stopFactory");
  }
}

/** What goes wrong goes wrong for one connection: it is told, and nothing of it is left. */
export const faultCases: readonly ContractCase<"tcp">[] = [
  ...resets.map(({ when, prepareServer, prepareClient, act, early }): ContractCase<"tcp"> => ({
    name: `faults: a peer that resets ${when} is lost once, and nothing of it is left`,
    needs: ["tcp"],
    async run(world) {
      const bystander = await connected(world);
      const servers = new ProbeFactory(prepareServer);
      const clients = new ProbeFactory(prepareClient);
      const port = await listen(world, servers);
      connect(world, port.getHost().port, clients);
      await world.until("the client has begun", () => clients.probes[0]?.life[0] === "made");
      if (act !== undefined) {
        await world.until("the server too", () => servers.probes[0]?.life[0] === "made");
        await act(
          { server: servers.probes[0] as Probe, client: clients.probes[0] as Probe },
          world,
        );
      }
      await world.until("the client has ended", () => clients.events.includes("stop"));
      await undisturbed(world, bystander, 2);
      const [server] = servers.probes;
      if (early === true && server === undefined) return;
      assert.equal(server?.life.filter((event) => event.startsWith("lost")).length, 1);
      assert.ok(server.life.at(-1)?.startsWith("lost"));
      assert.ok(server.reason?.check(ConnectionLostError, ...(early ? [ConnectionDoneError] : [])));
    },
  })),
  ...[
    "startedConnecting",
    "buildProtocol",
    "clientConnectionLost",
    "clientConnectionFailed",
    "stopFactory",
  ].map((where): ContractCase<"tcp"> => ({
    name: `faults: a client factory that throws in ${where} is reported, and all ends as ever`,
    needs: ["tcp"],
    async run(world) {
      const bystander = await connected(world);
      const servers = new ProbeFactory((probe) => {
        probe.onMade = () => probe.transport.loseConnection();
      });
      const port = await listen(world, servers);
      const number = port.getHost().port;
      const clients = new ThrowingClients(where);
      if (where === "clientConnectionFailed") {
        let closed = false;
        port.stopListening().addCallback(() => (closed = true));
        await world.until("nobody listens", () => closed);
      }
      connect(world, number, clients);
      await world.until("it has ended", () => clients.events.includes("stop"));
      assert.deepEqual(world.errors.splice(0), [clients.error]);
      if (where === "buildProtocol") assert.ok(clients.failure?.check(NoProtocolError));
      await undisturbed(world, bystander, where === "clientConnectionFailed" ? 1 : 2);
      world.log.push(...clients.events);
    },
  })),
  {
    name: "faults: a factory that forgets to return its protocol has none",
    needs: ["tcp"],
    async run(world) {
      class Forgetful extends ProbeFactory {
        override buildProtocol(): null {
          return undefined as unknown as null;
        }
      }
      const bystander = await connected(world);
      const [clients, forgetful] = [new ProbeFactory(), new Forgetful()];
      connect(world, (await listen(world, new Forgetful())).getHost().port, clients);
      connect(world, (await listen(world, new ProbeFactory())).getHost().port, forgetful);
      await world.until("both have ended", () => {
        return clients.events.includes("stop") && forgetful.events.includes("stop");
      });
      assert.ok(forgetful.failure?.check(NoProtocolError));
      await undisturbed(world, bystander, 3);
    },
  },
];

/** The same, where TLS is involved. */
export function tlsFaultCases(given: ContractCertificates): readonly ContractCase<"tls" | "tcp">[] {
  const { server: own, trustRoot } = given;
  const trusting: TLSClientOptions = { trustRoot, serverName: "tea.example" };
  const dial = async (
    world: World<"tls" | "tcp">,
    servers: ProbeFactory,
    clients: ProbeFactory,
    options: TLSClientOptions,
  ): Promise<void> => {
    let port: ListeningPort | undefined;
    world.reactor
      .listenSSL(0, servers, own, { interface: "127.0.0.1" })
      .addCallback((opened) => (port = opened));
    await world.until("it listens", () => port !== undefined);
    const { port: number } = (port as unknown as ListeningPort).getHost();
    world.reactor.connectSSL("127.0.0.1", number, clients, options);
  };
  return [
    ...[false, true].map((stops): ContractCase<"tls" | "tcp"> => ({
      name: `faults: TLS that is refused${stops ? ", before a stop," : ""} leaves nothing behind`,
      needs: ["tls", "tcp"],
      async run(world) {
        const bystander = await connected(world);
        class Refusing extends ProbeFactory {
          override buildProtocol(): null {
            if (stops) world.reactor.stop();
            return null;
          }
        }
        const clients = new ProbeFactory();
        await dial(world, new Refusing(), clients, trusting);
        if (stops) await world.until("it has stopped", () => !world.reactor.running);
        else {
          await world.until("the client has ended", () => clients.events.includes("stop"));
          await undisturbed(world, bystander, 2);
        }
      },
    })),
    {
      name: "tls: who ends its direction at once still receives what has come with the handshake",
      needs: ["tls", "tcp"],
      async run(world) {
        const servers = new ProbeFactory((server) => {
          server.halfCloseable();
          server.onMade = () => server.transport.loseWriteConnection();
        });
        const clients = new ProbeFactory((client) => {
          client.onMade = () => {
            client.transport.write("");
            client.transport.write("hello");
            client.transport.write("");
            client.transport.loseConnection();
          };
        });
        await dial(world, servers, clients, trusting);
        await world.until("both have ended", () => {
          return servers.probes[0]?.lost === true && clients.probes[0]?.lost === true;
        });
        assert.equal(servers.probes[0]?.received, "hello");
        assert.ok(servers.probes[0].reason?.check(ConnectionDoneError));
      },
    },
    {
      name: "faults: an error thrown by handshakeFailed is reported, and the port goes on",
      needs: ["tls", "tcp"],
      async run(world) {
        const error = new Error("thrown in handshakeFailed");
        class Throwing extends ProbeFactory {
          override handshakeFailed(): void {
            throw error;
          }
        }
        const bystander = await connected(world);
        const [servers, clients] = [new Throwing(), new ProbeFactory()];
        await dial(world, servers, clients, { serverName: "tea.example" });
        await world.until("it is reported", () => world.errors.length > 0);
        assert.deepEqual(world.errors.splice(0), [error]);
        await world.until("the client has ended", () => clients.events.includes("stop"));
        await undisturbed(world, bystander, 2);
        assert.deepEqual(servers.probes, []);
      },
    },
    ...(["handshakeCompleted", "takeUnread"] as const).map(
      (method): ContractCase<"tls" | "tcp"> => ({
        name: `faults: a protocol that throws in ${method} loses its own connection`,
        needs: ["tls", "tcp"],
        async run(world) {
          const error = new Error(`thrown in ${method}`);
          const fail = (): never => {
            throw error;
          };
          const bystander = await connected(world);
          const ends = await connected(
            world,
            (server) => {
              Object.assign(server, { [method]: fail });
              server.onData = () => {
                server.transport.write("go ahead");
                server.transport.startTLS(own);
              };
            },
            (client) => {
              client.onMade = () => client.transport.write("TLS?");
              client.onData = () => client.transport.startTLS(trusting);
            },
          );
          const { server, client } = ends;
          await world.until("both ends are lost", () => server.lost && client.lost);
          assert.deepEqual(world.errors.splice(0), [error]);
          assert.equal(server.reason?.value, error);
          // What the peer was told may depend on which came first.
          client.life.length = server.life.length = 0;
          await undisturbed(world, bystander, 2);
        },
      }),
    ),
  ];
}
