import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import { CancelledError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import type { Connector, ListeningPort } from "../../reactor/transport.ts";
import {
  CannotListenError,
  ConnectionRefusedError,
  NoProtocolError,
  UnknownHostError,
} from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { connect, connected, listen, listening, type Probe, ProbeFactory } from "./probe.ts";
import type { World } from "./world.ts";

/** A port on which nobody listens any more. */
async function freePort(world: World<"tcp">): Promise<number> {
  const port = await listen(world, new ProbeFactory());
  let closed = false;
  port.stopListening().addCallback(() => (closed = true));
  await world.until("it is closed", () => closed);
  return port.getHost().port;
}

/** Listening and connecting: what factories, ports and connectors are told. */
export const connectingCases: readonly ContractCase<"tcp">[] = [
  {
    name: "connecting: listenTCP and connectTCP deliver nothing before they return",
    needs: ["tcp"],
    async run(world) {
      const server = new ProbeFactory();
      let port = 0;
      listening(world, server).addCallback((opened) => (port = opened.getHost().port));
      assert.equal(port, 0);
      await world.until("it listens", () => port !== 0);
      const client = new ProbeFactory();
      const connector = connect(world, port, client);
      assert.equal(connector.state, "connecting");
      assert.deepEqual(client.events, ["start", "connecting"]);
      assert.deepEqual(client.probes, []);
      await world.until("it is connected", () => client.probes.length === 1);
      assert.equal(connector.state, "connected");
      assert.deepEqual(connector.getDestination(), { host: "127.0.0.1", port });
    },
  },
  {
    name: "connecting: the protocol is told of its end before its factory is",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(
        world,
        new ProbeFactory((probe) => {
          probe.onMade = () => probe.transport.loseConnection();
        }),
      );
      const client: ProbeFactory = new ProbeFactory((probe) => {
        probe.onLost = () => client.events.push("protocol lost");
      });
      connect(world, port.getHost().port, client);
      await world.until("it has ended", () => client.events.includes("stop"));
      world.log.push(...client.events);
      assert.deepEqual(client.events, [
        "start",
        "connecting",
        "protocol lost",
        "lost ConnectionDoneError",
        "stop",
      ]);
      assert.equal(client.connector?.state, "disconnected");
    },
  },
  {
    name: "connecting: where nobody listens, the factory is told ConnectionRefused",
    needs: ["tcp"],
    async run(world) {
      const client = new ProbeFactory();
      const connector = connect(world, await freePort(world), client);
      await world.until("it has failed", () => client.events.includes("stop"));
      world.log.push(...client.events);
      assert.ok(client.failure?.check(ConnectionRefusedError));
      assert.deepEqual(client.events, [
        "start",
        "connecting",
        "failed ConnectionRefusedError",
        "stop",
      ]);
      assert.equal(connector.state, "disconnected");
    },
  },
  {
    name: "connecting: a name without an address is UnknownHost",
    needs: ["tcp"],
    async run(world) {
      const client = new ProbeFactory();
      world.reactor.connectTCP("no-such-host.invalid", 7, client);
      await world.until("it has failed", () => client.failure !== undefined);
      assert.ok(client.failure?.check(UnknownHostError));
    },
  },
  {
    name: "connecting: localhost is a name that works",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(world, new ProbeFactory());
      const client = new ProbeFactory();
      world.reactor.connectTCP("localhost", port.getHost().port, client);
      await world.until("it is connected", () => client.probes.length === 1);
    },
  },
  {
    name: "connecting: stopConnecting() gives up, and the factory is told in a later turn",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(world, new ProbeFactory());
      const client = new ProbeFactory();
      const connector = connect(world, port.getHost().port, client);
      connector.stopConnecting();
      assert.deepEqual(client.events, ["start", "connecting"]);
      await world.until("it has failed", () => client.failure !== undefined);
      assert.ok(client.failure?.check(CancelledError));
      await world.pass(0.02);
      assert.deepEqual(client.probes, []);
    },
  },
  {
    name: "connecting: a factory may connect again when it has failed or ended",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(
        world,
        new ProbeFactory((probe) => {
          probe.onMade = () => probe.transport.loseConnection();
        }),
      );
      class Again extends ProbeFactory {
        override clientConnectionLost(connector: Connector, reason: Failure): void {
          super.clientConnectionLost(connector, reason);
          if (this.probes.length < 3) connector.connect();
        }
      }
      const client = new Again();
      connect(world, port.getHost().port, client);
      await world.until("it has given up", () => client.events.includes("stop"));
      assert.equal(client.probes.length, 3);
      assert.equal(client.events.filter((event) => event === "start").length, 1);
    },
  },
  {
    name: "connecting: connect() on a connector that is busy throws",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(world, new ProbeFactory());
      const client = new ProbeFactory();
      const connector = connect(world, port.getHost().port, client);
      assert.throws(() => connector.connect(), /connecting/);
      await world.until("it is connected", () => client.probes.length === 1);
      assert.throws(() => connector.connect(), /connected/);
      connector.disconnect();
      await world.until("it has ended", () => client.events.includes("stop"));
    },
  },
  {
    name: "connecting: a factory without a protocol for it refuses the connection",
    needs: ["tcp"],
    async run(world) {
      class Refusing extends ProbeFactory {
        override buildProtocol(): null {
          return null;
        }
      }
      const client = new ProbeFactory();
      connect(world, (await listen(world, new Refusing())).getHost().port, client);
      await world.until("the client has ended", () => client.events.includes("stop"));

      const refusing = new Refusing();
      const servers = new ProbeFactory();
      connect(world, (await listen(world, servers)).getHost().port, refusing);
      await world.until("it has failed", () => refusing.failure !== undefined);
      assert.ok(refusing.failure?.check(NoProtocolError));
      await world.until("the server was told", () => servers.probes[0]?.lost === true);
    },
  },
  {
    name: "connecting: an error thrown by buildProtocol is reported, and the port goes on",
    needs: ["tcp"],
    async run(world) {
      const error = new Error("thrown by buildProtocol");
      class Failing extends ProbeFactory {
        tries = 0;
        override buildProtocol(): Probe | null {
          if (this.tries++ === 0) throw error;
          return super.buildProtocol();
        }
      }
      const servers = new Failing();
      const port = await listen(world, servers);
      const [first, second] = [new ProbeFactory(), new ProbeFactory()];
      connect(world, port.getHost().port, first);
      await world.until("the first was closed", () => first.probes[0]?.lost === true);
      assert.deepEqual(world.errors.splice(0), [error]);
      connect(world, port.getHost().port, second);
      await world.until("the second was accepted", () => servers.probes.length === 1);
    },
  },
  {
    name: "connecting: a port in use is CannotListen, and says so",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(world, new ProbeFactory());
      let failure: Failure | undefined;
      const server = new ProbeFactory();
      listening(world, server, port.getHost().port).addErrback((reason) => {
        failure = reason;
      });
      await world.until("it has failed", () => failure !== undefined);
      const error = failure?.value as CannotListenError;
      assert.ok(error instanceof CannotListenError);
      assert.equal(error.reason, "EADDRINUSE");
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port.getHost().port}`));
      assert.deepEqual(server.events, []);
    },
  },
  {
    name: "connecting: stopListening() frees the address and leaves connections open",
    needs: ["tcp"],
    async run(world) {
      const { server, client, port } = await connected(world);
      let closed = 0;
      for (const _attempt of [1, 2]) port.stopListening().addCallback(() => closed++);
      assert.equal(closed, 0);
      await world.until("it is closed", () => closed === 2);
      port.stopListening().addCallback(() => closed++);
      assert.equal(closed, 3);
      client.transport.write("still here");
      await world.until("it arrived", () => server.received === "still here");
      let again = false;
      listening(world, new ProbeFactory(), port.getHost().port).addCallback(() => (again = true));
      await world.until("another listens there", () => again);
    },
  },
  {
    name: "connecting: a factory is started once, and stopped when its last port is",
    needs: ["tcp"],
    async run(world) {
      const server = new ProbeFactory();
      const [one, two] = [await listen(world, server), await listen(world, server)];
      assert.notEqual(one.getHost().port, two.getHost().port);
      for (const port of [one, two]) {
        assert.deepEqual(server.events, ["start"]);
        let closed = false;
        port.stopListening().addCallback(() => (closed = true));
        await world.until("it is closed", () => closed);
      }
      assert.deepEqual(server.events, ["start", "stop"]);
    },
  },
  {
    name: "connecting: numbers that are no ports or timeouts are refused",
    needs: ["tcp"],
    async run(world) {
      for (const port of [-1, 65_536, 1.5, Number.NaN]) {
        assert.throws(() => listening(world, new ProbeFactory(), port), BadOptionError);
        assert.throws(() => connect(world, port, new ProbeFactory()), BadOptionError);
      }
      for (const timeout of [0, -1, Infinity]) {
        const options = { timeout };
        assert.throws(
          () => world.reactor.connectTCP("127.0.0.1", 7, new ProbeFactory(), options),
          BadOptionError,
        );
      }
    },
  },
  {
    name: "connecting: a stopping reactor stops every factory, and refuses to begin anew",
    needs: ["tcp"],
    async run(world) {
      const servers = new ProbeFactory();
      class Stubborn extends ProbeFactory {
        override clientConnectionLost(connector: Connector, reason: Failure): void {
          super.clientConnectionLost(connector, reason);
          connector.connect();
        }
      }
      const clients = new Stubborn();
      connect(world, (await listen(world, servers)).getHost().port, clients);
      await world.until("it is connected", () => servers.probes.length === 1);
      world.reactor.stop();
      await world.until("it has stopped", () => !world.reactor.running);
      assert.deepEqual(servers.events, ["start", "stop"]);
      assert.equal(servers.probes[0]?.lost, true);
      assert.equal(clients.probes[0]?.lost, true);
    },
  },
  {
    name: "connecting: nothing is opened before the reactor runs",
    needs: ["tcp"],
    async run(world) {
      let listens = false;
      listening(world, new ProbeFactory()).addCallback(() => (listens = true));
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(listens, false);
      await world.until("it listens", () => listens);
    },
  },
  {
    name: "connecting: errors of startFactory and stopFactory are told, and nothing stays open",
    needs: ["tcp"],
    async run(world) {
      const error = new Error("thrown by a factory");
      class Throwing extends ProbeFactory {
        readonly when: "start" | "stop";
        constructor(when: "start" | "stop") {
          super();
          this.when = when;
        }
        override startFactory(): void {
          if (this.when === "start") throw error;
        }
        override stopFactory(): void {
          if (this.when === "stop") throw error;
        }
      }
      const number = await freePort(world);
      let failure: Failure | undefined;
      listening(world, new Throwing("start"), number).addErrback((reason) => {
        failure = reason;
      });
      await world.until("it has failed", () => failure !== undefined);
      assert.equal(failure?.value, error);
      assert.throws(() => connect(world, number, new Throwing("start")), error);

      let port: ListeningPort | undefined;
      listening(world, new Throwing("stop"), number).addCallback((opened) => (port = opened));
      await world.until("the address was free", () => port !== undefined);
      let closed = false;
      port?.stopListening().addCallback(() => (closed = true));
      await world.until("it is closed", () => closed);
      const client = new Throwing("stop");
      connect(world, number, client);
      await world.until("it has failed", () => client.failure !== undefined);
      assert.deepEqual(world.errors.splice(0), [error, error]);
    },
  },
  {
    name: "connecting: disconnect() from inside buildProtocol gives the connection up",
    needs: ["tcp"],
    async run(world) {
      class Wavering extends ProbeFactory {
        override buildProtocol(): Probe | null {
          this.connector?.disconnect();
          return super.buildProtocol();
        }
      }
      const client = new Wavering();
      const servers = new ProbeFactory();
      connect(world, (await listen(world, servers)).getHost().port, client);
      await world.until("it has ended", () => client.events.includes("stop"));
      assert.ok(client.failure?.check(CancelledError));
      assert.deepEqual(client.probes[0]?.life, []);
      await world.until("the server was told", () => servers.probes[0]?.lost === true);
    },
  },
  {
    name: "connecting: clients hear of their end before the reactor has stopped, and stay away",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(world, new ProbeFactory());
      const seen: string[] = [];
      class Stubborn extends ProbeFactory {
        override clientConnectionLost(connector: Connector): void {
          seen.push(`lost while ${world.reactor.running ? "running" : "stopped"}`);
          connector.connect();
        }
        override clientConnectionFailed(connector: Connector): void {
          connector.connect();
        }
      }
      const clients = new Stubborn();
      connect(world, port.getHost().port, clients);
      const refused = new Stubborn();
      await world.until("it is connected", () => clients.probes.length === 1);
      connect(world, await freePort(world), refused);
      world.reactor.stop();
      await world.until("it has stopped", () => !world.reactor.running);
      assert.deepEqual(seen, ["lost while running"]);
      assert.equal(clients.probes.length, 1);
    },
  },
];
