import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import { CancelledError, TimeoutError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { NotTLSError } from "../../reactor/tls-errors.ts";
import type { TLSClientOptions, TLSServerOptions } from "../../reactor/tls.ts";
import type { ListeningPort } from "../../reactor/transport.ts";
import type { ContractCertificates } from "./certificates.ts";
import type { ContractCase } from "./contract.ts";
import { connect, listen, type Probe, ProbeFactory } from "./probe.ts";
import type { World } from "./world.ts";

type TLSWorld = World<"tls" | "tcp">;

const LONG = "0123456789abcdef".repeat(65_536);

/** A server's factory that remembers which handshakes have failed. */
class ServerFactory extends ProbeFactory {
  readonly refused: string[] = [];

  override handshakeFailed(_address: unknown, reason: Failure): void {
    this.refused.push((reason.value as Error).name);
  }
}

interface Trial {
  readonly port: ListeningPort;
  readonly servers: ServerFactory;
  readonly clients: ProbeFactory;
}

/** Listens and dials, and leaves the rest to the case. */
async function dial(
  world: TLSWorld,
  serverOptions: TLSServerOptions,
  clientOptions: TLSClientOptions,
  host = "127.0.0.1",
): Promise<Trial> {
  const [servers, clients] = [new ServerFactory(), new ProbeFactory()];
  let port: ListeningPort | undefined;
  world.reactor
    .listenSSL(0, servers, serverOptions, { interface: "127.0.0.1" })
    .addCallback((opened) => (port = opened));
  await world.until("it listens", () => port !== undefined);
  const opened = port as unknown as ListeningPort;
  world.reactor.connectSSL(host, opened.getHost().port, clients, clientOptions);
  return { port: opened, servers, clients };
}

async function secured(
  world: TLSWorld,
  serverOptions: TLSServerOptions,
  clientOptions: TLSClientOptions,
): Promise<{ server: Probe; client: Probe }> {
  const { servers, clients } = await dial(world, serverOptions, clientOptions);
  await world.until("both ends are made", () => {
    return clients.probes.length === 1 && servers.probes.length === 1;
  });
  const [server, client] = [servers.probes[0] as Probe, clients.probes[0] as Probe];
  for (const { life } of [server, client]) world.watch(life);
  return { server, client };
}

/** Handshakes that fail at the client, and with what. */
const REFUSALS: readonly {
  readonly what: string;
  readonly code: string;
  readonly server: (given: ContractCertificates) => TLSServerOptions;
  readonly client: (given: ContractCertificates) => TLSClientOptions;
}[] = [
  {
    what: "of an unknown authority",
    code: "ERR_CERTIFICATE_AUTHORITY",
    server: ({ server }) => server,
    client: () => ({ serverName: "tea.example" }),
  },
  {
    what: "that has expired",
    code: "ERR_CERTIFICATE_DATE",
    server: ({ expired }) => expired,
    client: ({ trustRoot }) => ({ trustRoot, serverName: "tea.example" }),
  },
  {
    what: "for another name",
    code: "ERR_CERTIFICATE_NAME",
    server: ({ other }) => other,
    client: ({ trustRoot }) => ({ trustRoot, serverName: "tea.example" }),
  },
  {
    what: "for another address",
    code: "ERR_CERTIFICATE_NAME",
    server: ({ other }) => other,
    client: ({ trustRoot }) => ({ trustRoot }),
  },
];

/** The cases about TLS, with these certificates. */
export function tlsCases(given: ContractCertificates): readonly ContractCase<"tls" | "tcp">[] {
  const { server: own, other, client: guest, stranger, trustRoot } = given;
  const trusting: TLSClientOptions = { trustRoot, serverName: "tea.example" };
  return [
    {
      name: "tls: bytes go both ways, any number of them, and a clean end is told to both sides",
      needs: ["tls", "tcp"],
      async run(world) {
        const { server, client } = await secured(world, own, { trustRoot });
        assert.deepEqual(client.life, ["made", "secured"]);
        assert.equal(client.transport.encrypted, true);
        assert.equal(client.transport.getPeerCertificate()?.subject, "tea.example");
        assert.equal(server.transport.getPeerCertificate(), undefined);
        assert.equal(client.transport.negotiatedProtocol, undefined);
        client.transport.write("hello");
        await world.until("it arrived", () => server.received === "hello");
        server.transport.write(LONG);
        server.transport.write("the end");
        server.transport.loseConnection();
        await world.until("both ends are lost", () => client.lost && server.lost);
        assert.equal(client.received.length, LONG.length + "the end".length);
      },
    },
    {
      name: "tls: what is written in connectionMade, and then closed, arrives",
      needs: ["tls", "tcp"],
      async run(world) {
        const { servers, clients, port } = await dial(world, own, trusting);
        await world.until("both ends are made", () => servers.probes.length === 1);
        clients.connector?.disconnect();
        const hasty = new ProbeFactory((probe) => {
          probe.onMade = () => {
            probe.transport.write("hello and goodbye");
            probe.transport.loseConnection();
          };
        });
        world.reactor.connectSSL("127.0.0.1", port.getHost().port, hasty, trusting);
        await world.until("both ends are lost", () => {
          return hasty.probes[0]?.lost === true && servers.probes[1]?.lost === true;
        });
        const life = servers.probes[1]?.life ?? [];
        world.log.push(...life);
        assert.equal(servers.probes[1]?.received, "hello and goodbye");
        assert.equal(life.at(-1), "lost ConnectionDoneError");
      },
    },
    {
      name: "tls: a paused transport delivers nothing, not even the end, until it is resumed",
      needs: ["tls", "tcp"],
      async run(world) {
        const { server, client } = await secured(world, own, trusting);
        server.transport.pauseProducing();
        client.transport.write("hello");
        client.transport.loseConnection();
        await world.pass(0.03);
        assert.deepEqual(server.life, ["made", "secured"]);
        server.transport.resumeProducing();
        assert.deepEqual(server.life, ["made", "secured"]);
        await world.until("both ends are lost", () => client.lost && server.lost);
        assert.equal(server.received, "hello");
      },
    },
    {
      name: "tls: a stream that was cut short never ends as if it were whole",
      needs: ["tls", "tcp"],
      async run(world) {
        const { server, client } = await secured(world, own, trusting);
        server.transport.write("hello");
        await world.until("it arrived", () => client.received === "hello");
        server.transport.abortConnection();
        await world.until("both ends are lost", () => client.lost && server.lost);
        world.log.push(String(client.reason?.value instanceof Error));
        assert.equal(client.life.at(-1), "lost ConnectionLostError");
      },
    },
    ...REFUSALS.map(({ what, code, server, client }): ContractCase<"tls" | "tcp"> => ({
      name: `tls: a certificate ${what} is ${code}`,
      needs: ["tls", "tcp"],
      async run(world) {
        const { clients, port } = await dial(world, server(given), client(given));
        await world.until("it has failed", () => clients.events.includes("stop"));
        world.log.push(...clients.events);
        const error = clients.failure?.value as Error & { code: string };
        assert.equal(error.code, code);
        assert.ok(error.message.includes(`127.0.0.1:${port.getHost().port}`), error.message);
        assert.deepEqual(clients.probes, []);
      },
    })),
    {
      name: "tls: a client that verifies nothing believes anybody",
      needs: ["tls", "tcp"],
      async run(world) {
        const { client } = await secured(world, given.expired, { verify: false });
        assert.equal(client.transport.encrypted, true);
      },
    },
    {
      name: "tls: ALPN chooses what the server likes best of what the client knows",
      needs: ["tls", "tcp"],
      async run(world) {
        const { server, client } = await secured(
          world,
          { ...own, acceptableProtocols: ["tea/2", "tea/1"] },
          { ...trusting, acceptableProtocols: ["tea/1", "tea/2"] },
        );
        assert.equal(client.transport.negotiatedProtocol, "tea/2");
        assert.equal(server.transport.negotiatedProtocol, "tea/2");
      },
    },
    {
      name: "tls: without a common protocol, or version, both sides are told so",
      needs: ["tls", "tcp"],
      async run(world) {
        const pairs: readonly (readonly [TLSServerOptions, TLSClientOptions])[] = [
          [
            { ...own, acceptableProtocols: ["tea"] },
            { ...trusting, acceptableProtocols: ["coffee"] },
          ],
          [
            { ...own, maxVersion: "TLSv1.2" },
            { ...trusting, minVersion: "TLSv1.3" },
          ],
          [
            { ...own, minVersion: "TLSv1.3" },
            { ...trusting, maxVersion: "TLSv1.2" },
          ],
        ];
        for (const [server, client] of pairs) {
          const { servers, clients } = await dial(world, server, client);
          await world.until("both were told", () => {
            return clients.events.includes("stop") && servers.refused.length === 1;
          });
          world.log.push(...clients.events, ...servers.refused);
        }
      },
    },
    {
      name: "tls: SNI chooses the certificate, from a table or by a function",
      needs: ["tls", "tcp"],
      async run(world) {
        const named = { ...trusting, serverName: "coffee.example" };
        for (const serverNames of [
          { "coffee.example": other },
          { "*.example": other },
          (name: string) => (name === "coffee.example" ? other : undefined),
        ]) {
          const { client } = await secured(world, { ...own, serverNames }, named);
          assert.equal(client.transport.getPeerCertificate()?.subject, "coffee.example");
          const fallen = await secured(world, { ...own, serverNames: {} }, trusting);
          assert.equal(fallen.client.transport.getPeerCertificate()?.subject, "tea.example");
        }
      },
    },
    {
      name: "tls: a client's certificate is asked for, verified, and there to be read",
      needs: ["tls", "tcp"],
      async run(world) {
        for (const clientCertificate of ["required", "optional"] as const) {
          const options: TLSServerOptions = { ...own, clientCertificate, trustRoot };
          const { server } = await secured(world, options, { ...trusting, ...guest });
          const { subject, issuer } = server.transport.getPeerCertificate() ?? {};
          world.log.push(`${subject} by ${issuer}`);
        }
        const options: TLSServerOptions = { ...own, clientCertificate: "optional", trustRoot };
        const { server } = await secured(world, options, trusting);
        assert.equal(server.transport.getPeerCertificate(), undefined);
      },
    },
    {
      name: "tls: a client without a certificate that is required is refused, and told why",
      needs: ["tls", "tcp"],
      async run(world) {
        const options: TLSServerOptions = { ...own, clientCertificate: "required", trustRoot };
        const { servers, clients } = await dial(world, options, trusting);
        await world.until("both were told", () => {
          return clients.events.includes("stop") && servers.refused.length === 1;
        });
        world.log.push(...clients.events, ...servers.refused);
        assert.deepEqual(servers.probes, []);
      },
    },
    {
      name: "tls: a client of an unknown authority is refused, also where it need not show itself",
      needs: ["tls", "tcp"],
      async run(world) {
        for (const clientCertificate of ["required", "optional"] as const) {
          const options: TLSServerOptions = { ...own, clientCertificate, trustRoot };
          const { servers, clients } = await dial(world, options, { ...trusting, ...stranger });
          await world.until("both were told", () => {
            return clients.events.includes("stop") && servers.refused.length === 1;
          });
          world.log.push(...clients.events, ...servers.refused);
          assert.deepEqual(servers.probes, []);
        }
      },
    },
    {
      name: "tls: a peer that does not talk TLS is told from one that does",
      needs: ["tls", "tcp"],
      async run(world) {
        const greeting = new ProbeFactory((probe) => {
          probe.onMade = () => probe.transport.write("220 plain text here\r\n");
        });
        const plain = await listen(world, greeting);
        const clients = new ProbeFactory();
        world.reactor.connectSSL("127.0.0.1", plain.getHost().port, clients, trusting);
        await world.until("it has failed", () => clients.failure !== undefined);
        assert.ok(clients.failure?.check(NotTLSError));
        assert.match(String(clients.failure?.value), /127\.0\.0\.1:\d+.*it said "2/);

        const { servers, port } = await dial(world, own, trusting);
        const browser = new ProbeFactory((probe) => {
          probe.onMade = () => probe.transport.write("GET / HTTP/1.1\r\n\r\n");
        });
        connect(world, port.getHost().port, browser);
        await world.until("it was refused", () => browser.probes[0]?.lost === true);
        assert.deepEqual(servers.refused, ["NotTLSError"]);
      },
    },
    {
      name: "tls: a handshake has a limit, on both sides",
      needs: ["tls", "tcp"],
      async run(world) {
        const silent = await listen(world, new ProbeFactory());
        const clients = new ProbeFactory();
        const { port: number } = silent.getHost();
        const limited = { ...trusting, handshakeTimeout: 0.05 };
        world.reactor.connectSSL("127.0.0.1", number, clients, limited);
        await world.until("it has failed", () => clients.failure !== undefined);
        assert.ok(clients.failure?.check(TimeoutError));

        const { servers, port } = await dial(world, { ...own, handshakeTimeout: 0.05 }, trusting);
        const mute = new ProbeFactory();
        connect(world, port.getHost().port, mute);
        await world.until("it was refused", () => mute.probes[0]?.lost === true);
        assert.deepEqual(servers.refused, ["TimeoutError"]);
      },
    },
    {
      name: "tls: a peer that goes in the middle of a handshake ends it",
      needs: ["tls", "tcp"],
      async run(world) {
        for (const end of ["loseConnection", "abortConnection"] as const) {
          const { servers, port } = await dial(world, own, trusting);
          const leaving = new ProbeFactory();
          connect(world, port.getHost().port, leaving);
          await world.until("it is connected", () => leaving.probes.length === 1);
          // A reset that comes before it was accepted is not seen at all.
          await world.pass(0.02);
          leaving.probes[0]?.transport[end]();
          await world.until("it was refused", () => servers.refused.length === 1);
          assert.deepEqual(servers.refused, ["ConnectionLostError"]);
        }
      },
    },
    {
      name: "tls: stopConnecting() gives up, and a stopping reactor cuts handshakes off",
      needs: ["tls", "tcp"],
      async run(world) {
        const silent = await listen(world, new ProbeFactory());
        const clients = new ProbeFactory();
        const { port: number } = silent.getHost();
        const connector = world.reactor.connectSSL("127.0.0.1", number, clients, trusting);
        await world.pass(0.02);
        connector.stopConnecting();
        await world.until("it has failed", () => clients.failure !== undefined);
        assert.ok(clients.failure?.check(CancelledError));
        const { port } = await dial(world, own, trusting);
        connect(world, port.getHost().port, new ProbeFactory());
        world.reactor.connectSSL("127.0.0.1", number, new ProbeFactory(), trusting);
        await world.pass(0.02);
      },
    },
    {
      name: "tls: options that cannot work are refused",
      needs: ["tls", "tcp"],
      async run(world) {
        const { reactor } = world;
        const factory = new ProbeFactory();
        for (const wrong of [
          { certificate: "/no/such/file.pem" },
          { handshakeTimeout: 0 },
          { acceptableProtocols: [""] },
          { clientCertificate: "required" as const },
        ]) {
          assert.throws(() => reactor.listenSSL(0, factory, { ...own, ...wrong }), BadOptionError);
        }
        const half = { certificate: own.certificate };
        assert.throws(() => reactor.connectSSL("127.0.0.1", 7, factory, half), BadOptionError);
      },
    },
  ];
}
