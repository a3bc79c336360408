import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { CannotListenError, ConnectionRefusedError } from "../../reactor/errors.ts";
import type { ListeningPort, UNIXAddress } from "../../reactor/transport.ts";
import type { ContractCase } from "./contract.ts";
import { type Probe, ProbeFactory } from "./probe.ts";
import type { World } from "./world.ts";

let count = 0;

/** A name that nobody has. Cases know nothing of files but what the reactor makes of them. */
function freshName(): string {
  return `/tmp/skein-contract-${process.pid}-${count++}.sock`;
}

async function listenUNIX(
  world: World<"unix">,
  name: string,
  server: ProbeFactory,
): Promise<ListeningPort<UNIXAddress>> {
  let port: ListeningPort<UNIXAddress> | undefined;
  world.reactor.listenUNIX(name, server).addCallback((opened) => (port = opened));
  await world.until("it listens", () => port !== undefined);
  return port as ListeningPort<UNIXAddress>;
}

async function connectedUNIX(
  world: World<"unix">,
): Promise<{ server: Probe; client: Probe; port: ListeningPort<UNIXAddress> }> {
  const [servers, clients] = [new ProbeFactory(), new ProbeFactory()];
  const port = await listenUNIX(world, freshName(), servers);
  world.reactor.connectUNIX(port.getHost().name, clients);
  await world.until("both ends are made", () => {
    return clients.probes.length === 1 && servers.probes.length === 1;
  });
  const [server, client] = [servers.probes[0] as Probe, clients.probes[0] as Probe];
  for (const { life } of [server, client]) world.watch(life);
  return { server, client, port };
}

export const unixCases: readonly ContractCase<"unix">[] = [
  {
    name: "unix: bytes go both ways, and a clean end is told to both sides",
    needs: ["unix"],
    async run(world) {
      const { server, client } = await connectedUNIX(world);
      server.onData = (_probe, text) => server.transport.write(text.toUpperCase());
      client.transport.write("hello");
      await world.until("the echo came", () => client.received === "HELLO");
      client.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
    },
  },
  {
    name: "unix: the ends know their names; no-delay and keep-alive mean nothing",
    needs: ["unix"],
    async run(world) {
      const { server, client, port } = await connectedUNIX(world);
      const { name } = port.getHost();
      assert.deepEqual(port.getHost(), { type: "UNIX", name });
      assert.deepEqual(client.transport.getPeer(), { type: "UNIX", name });
      assert.deepEqual(client.transport.getHost(), { type: "UNIX", name: "" });
      assert.deepEqual(server.transport.getHost(), { type: "UNIX", name });
      assert.deepEqual(server.transport.getPeer(), { type: "UNIX", name: "" });
      for (const enabled of [true, false]) {
        client.transport.setTcpNoDelay(enabled);
        client.transport.setTcpKeepAlive(enabled);
      }
      client.transport.write("undisturbed");
      await world.until("it arrived", () => server.received === "undisturbed");
    },
  },
  {
    name: "unix: abortConnection() is ConnectionAborted here, and an end over there",
    needs: ["unix"],
    async run(world) {
      const { server, client } = await connectedUNIX(world);
      client.transport.abortConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
    },
  },
  {
    name: "unix: where nobody listens, the factory is told ConnectionRefused",
    needs: ["unix"],
    async run(world) {
      const client = new ProbeFactory();
      const name = freshName();
      const connector = world.reactor.connectUNIX(name, client);
      assert.deepEqual(connector.getDestination(), { type: "UNIX", name });
      await world.until("it has failed", () => client.events.includes("stop"));
      world.log.push(...client.events);
      const error = client.failure?.value as ConnectionRefusedError;
      assert.ok(error instanceof ConnectionRefusedError);
      assert.ok(error.message.includes(name));
    },
  },
  {
    name: "unix: a name in use is CannotListen; when the port has stopped, it is free",
    needs: ["unix"],
    async run(world) {
      const port = await listenUNIX(world, freshName(), new ProbeFactory());
      const { name } = port.getHost();
      let failure: Failure | undefined;
      const second = new ProbeFactory();
      world.reactor.listenUNIX(name, second).addErrback((reason) => {
        failure = reason;
      });
      await world.until("it has failed", () => failure !== undefined);
      const error = failure?.value as CannotListenError;
      assert.ok(error instanceof CannotListenError);
      assert.equal(error.reason, "EADDRINUSE");
      assert.ok(error.message.includes(name));
      assert.deepEqual(second.events, []);
      let closed = false;
      port.stopListening().addCallback(() => (closed = true));
      await world.until("it is closed", () => closed);
      await listenUNIX(world, name, second);
    },
  },
  {
    name: "unix: names that are too long, and modes that are none, are refused",
    needs: ["unix"],
    async run(world) {
      const factory = new ProbeFactory();
      for (const name of ["", `/${"x".repeat(107)}`, "a\0b", "\0"]) {
        assert.throws(() => world.reactor.listenUNIX(name, factory), BadOptionError);
        assert.throws(() => world.reactor.connectUNIX(name, factory), BadOptionError);
      }
      for (const mode of [-1, 0o1000, 1.5]) {
        assert.throws(() => world.reactor.listenUNIX("/tmp/x", factory, { mode }), BadOptionError);
      }
    },
  },
];
