import assert from "node:assert/strict";
import { LineReceiver } from "../../protocols/line-receiver.ts";
import { Protocol } from "../../protocols/protocol.ts";
import { ClientFactory } from "../../protocols/factory.ts";
import { BadOptionError } from "../../core/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import type { TLSClientOptions } from "../../reactor/tls.ts";
import type { ListeningPort, StreamProtocol } from "../../reactor/transport.ts";
import type { ContractCertificates } from "./certificates.ts";
import type { ContractCase } from "./contract.ts";
import { connected } from "./probe.ts";
import type { World } from "./world.ts";

type TLSWorld = World<"tls" | "tcp">;

/** A protocol of lines that asks for TLS, or grants it; `log` is what it saw. */
class Talker extends LineReceiver {
  readonly log: string[] = [];
  onLine: (line: string) => void = () => {};
  onSecured: () => void = () => {};

  override handshakeCompleted(): void {
    this.log.push("secured");
    this.onSecured();
  }

  override lineReceived(line: string): void {
    this.log.push(`${this.transport.encrypted ? "secret" : "plain"} ${line}`);
    this.onLine(line);
  }

  override connectionLost(reason: Failure): void {
    this.log.push(`lost ${(reason.value as Error).name}`);
  }
}

class Factory extends ClientFactory {
  readonly #build: () => StreamProtocol;
  constructor(build: () => StreamProtocol) {
    super();
    this.#build = build;
  }
  override buildProtocol(): StreamProtocol {
    return this.#build();
  }
}

/** A server that grants STARTTLS, and who connects to it; both not yet made. */
async function talk(world: TLSWorld, server: Talker, client: StreamProtocol): Promise<void> {
  let port: ListeningPort | undefined;
  world.reactor
    .listenTCP(0, new Factory(() => server), { interface: "127.0.0.1" })
    .addCallback((opened) => (port = opened));
  await world.until("it listens", () => port !== undefined);
  const number = (port as unknown as ListeningPort).getHost().port;
  world.reactor.connectTCP("127.0.0.1", number, new Factory(() => client));
}

export function startTLSCases(given: ContractCertificates): readonly ContractCase<"tls" | "tcp">[] {
  const { server: own, trustRoot } = given;
  const trusting: TLSClientOptions = { trustRoot, serverName: "tea.example" };

  const granting = (): Talker => {
    const server = new Talker();
    server.onLine = (line) => {
      if (line !== "STARTTLS") return;
      server.sendLine("go ahead");
      server.transport.startTLS(own);
    };
    return server;
  };

  return [
    {
      name: "startTLS: lines before it are plain, those after it are secret",
      needs: ["tls", "tcp"],
      async run(world) {
        const server = granting();
        const client = new Talker();
        client.connectionMade = () => client.sendLine("STARTTLS");
        client.onLine = () => {
          client.transport.startTLS(trusting);
          // Waits for the handshake.
          client.sendLine("hello");
        };
        await talk(world, server, client);
        await world.until("it arrived", () => server.log.includes("secret hello"));
        assert.equal(client.transport.getPeerCertificate()?.subject, "tea.example");
        assert.throws(() => client.transport.startTLS(trusting), BadOptionError);
        client.transport.loseConnection();
        await world.until("both ends are lost", () => {
          return [server, client].every(({ log }) => log.at(-1)?.startsWith("lost"));
        });
        world.log.push(...client.log, ...server.log);
      },
    },
    {
      name: "startTLS: lines put behind the request in plain text never count as secret",
      needs: ["tls", "tcp"],
      async run(world) {
        for (const pieces of [["STARTTLS\r\nINJECTED\r\n"], ["STARTTLS\r\n", "INJECTED\r\n"]]) {
          const server = granting();
          let lost = false;
          class Attacker extends Protocol {
            override connectionMade(): void {
              for (const piece of pieces) this.transport.write(piece);
            }
            override connectionLost(): void {
              lost = true;
            }
          }
          await talk(world, server, new Attacker());
          await world.until("it was thrown out", () => lost && server.log.length === 2);
          world.log.push(...server.log);
          assert.deepEqual(server.log, ["plain STARTTLS", "lost NotTLSError"]);
        }
      },
    },
    {
      name: "startTLS: answers put behind the permission in plain text never count as secret",
      needs: ["tls", "tcp"],
      async run(world) {
        const server = new Talker();
        server.onLine = () => void server.transport.write("go ahead\r\nINJECTED\r\n");
        const client = new Talker();
        client.connectionMade = () => client.sendLine("STARTTLS");
        client.onLine = () => client.transport.startTLS(trusting);
        await talk(world, server, client);
        await world.until("it was left", () => client.log.at(-1)?.startsWith("lost") === true);
        world.log.push(...client.log);
        assert.deepEqual(client.log, ["plain go ahead", "lost NotTLSError"]);
      },
    },
    {
      name: "startTLS: a client that does not wait for permission may send its handshake at once",
      needs: ["tls", "tcp"],
      async run(world) {
        const server = new Talker();
        server.onLine = (line) => {
          if (line === "STARTTLS") server.transport.startTLS(own);
        };
        const client = new Talker();
        client.connectionMade = () => {
          client.sendLine("STARTTLS");
          client.transport.startTLS(trusting);
          client.sendLine("hello");
        };
        await talk(world, server, client);
        await world.until("it arrived", () => server.log.includes("secret hello"));
        world.log.push(...server.log);
      },
    },
    {
      name: "startTLS: much that was written before it arrives in plain text, in order",
      needs: ["tls", "tcp"],
      async run(world) {
        const lines = 20_000;
        const server = granting();
        const client = new Talker();
        client.maxLength = 100;
        server.onLine = () => {
          for (let i = 0; i < lines; i++) server.sendLine(`line ${i}`);
          server.sendLine("go ahead");
          server.transport.startTLS(own);
          server.sendLine("welcome");
        };
        client.connectionMade = () => client.sendLine("STARTTLS");
        client.onLine = (line) => {
          if (line === "go ahead") client.transport.startTLS(trusting);
        };
        await talk(world, server, client);
        await world.until("the last arrived", () => client.log.includes("secret welcome"));
        assert.equal(client.log.length, lines + 3);
        assert.equal(client.log[lines - 1], `plain line ${lines - 1}`);
      },
    },
    {
      name: "startTLS: a handshake that fails ends the connection, with what is wrong",
      needs: ["tls", "tcp"],
      async run(world) {
        const server = granting();
        const client = new Talker();
        client.connectionMade = () => client.sendLine("STARTTLS");
        client.onLine = () => {
          client.transport.startTLS({ ...trusting, serverName: "coffee.example" });
        };
        await talk(world, server, client);
        await world.until("both ends are lost", () => {
          return [server, client].every(({ log }) => log.at(-1)?.startsWith("lost"));
        });
        world.log.push(...client.log);
        assert.equal(client.log.at(-1), "lost CertificateNameError");
      },
    },
    {
      name: "startTLS: without a request, on a server and a client that agree beforehand",
      needs: ["tls", "tcp"],
      async run(world) {
        const { server, client } = await connected(world);
        server.transport.startTLS(own);
        client.transport.startTLS(trusting);
        client.transport.write("hello");
        await world.until("it arrived", () => server.received === "hello");
        client.transport.loseConnection();
        await world.until("both ends are lost", () => client.lost && server.lost);
      },
    },
  ];
}
