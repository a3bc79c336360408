import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import { CancelledError } from "../../defer/errors.ts";
import { ProtocolInUseError } from "../../protocols/errors.ts";
import { InvalidAddressError } from "../../reactor/datagram-errors.ts";
import { CannotListenError, ReactorNotRunningError } from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { DatagramProbe, failing, HOST, openProbe, outcome } from "./datagram-probe.ts";
import { unavailable } from "./unavailable.ts";
import type { World } from "./world.ts";

const onHost = { interface: HOST };

/** Why this system cannot do IPv6, if so. */
async function noIPv6(world: World<"udp">): Promise<unknown> {
  const probe = new DatagramProbe();
  try {
    await outcome(world, world.reactor.listenUDP(0, probe, { interface: "::1" }));
    await outcome(world, probe.transport.stopListening());
    return undefined;
  } catch (error) {
    return error;
  }
}

/** How UDP ports are opened and closed, and what their protocols are told of it. */
export const datagramLifeCases: readonly ContractCase<"udp">[] = [
  {
    name: "udp: listenUDP starts the protocol in a later turn, and then fires with its transport",
    needs: ["udp"],
    async run(world) {
      const probe = new DatagramProbe();
      await world.pass(0);
      const opening = world.reactor.listenUDP(0, probe, onHost).addCallback((port) => {
        probe.life.push("fired");
        return port;
      });
      assert.deepEqual(probe.life, []);
      const port = await outcome(world, opening);
      assert.deepEqual(probe.life, ["start", "fired"]);
      assert.equal(port, probe.transport);
      const { type, host, port: number } = port.getHost();
      assert.deepEqual([type, host], ["UDP", HOST]);
      assert.ok(number > 0);
    },
  },
  {
    name: "udp: listening before the reactor runs waits for it",
    needs: ["udp"],
    async run(world) {
      const probe = new DatagramProbe();
      const opening = world.reactor.listenUDP(0, probe, onHost);
      world.reactor.addSystemEventTrigger("during", "startup", () => probe.life.push("running"));
      assert.deepEqual(probe.life, []);
      await outcome(world, opening);
      assert.deepEqual(probe.life, ["running", "start"]);
    },
  },
  {
    name: "udp: what is written in startProtocol is sent",
    needs: ["udp"],
    async run(world) {
      const server = await openProbe(world);
      await openProbe(world, (probe) => {
        probe.onStart = () => probe.tell(server, "first");
      });
      await world.until("it arrived", () => server.received.length === 1);
    },
  },
  {
    name: "udp: stopListening() sends what was written, then stopProtocol comes, once and last",
    needs: ["udp"],
    async run(world) {
      const [one, other] = [await openProbe(world), await openProbe(world)];
      world.watch(one.life);
      const address = one.transport.getHost();
      for (let i = 0; i < 20; i++) one.tell(other, `${i}`);
      other.tell(one, "too late to be received");
      for (const which of [0, 1]) {
        one.transport.stopListening().addCallback(() => one.life.push(`fired ${which}`));
      }
      assert.equal(one.tell(other, "too late to be sent"), false);
      assert.equal(one.transport.droppedDatagrams, 1);
      assert.deepEqual(one.life, ["start"]);
      await world.until("it is stopped", () => {
        assert.ok(one.transport.bufferedBytes >= 0);
        return one.life.length === 4;
      });
      assert.equal(one.transport.bufferedBytes, 0);
      await outcome(world, one.transport.stopListening());
      assert.deepEqual(one.life, ["start", "stop", "fired 0", "fired 1"]);
      await world.until("all arrived", () => other.received.length === 20);
      await world.pass(0.02);
      assert.equal(other.received.length, 20);
      assert.equal(one.tell(other, "much too late"), false);
      assert.equal(one.transport.droppedDatagrams, 2);
      assert.deepEqual(one.transport.getHost(), address);
    },
  },
  {
    name: "udp: a port that stops in the middle of what has arrived delivers none of the rest",
    needs: ["udp"],
    async run(world) {
      const sender = await openProbe(world);
      const probe = await openProbe(world, (self) => {
        self.onData = () => void self.transport.stopListening();
      });
      for (const text of ["one", "two", "three"]) sender.tell(probe, text);
      await world.until("it is stopped", () => probe.stopped);
      assert.deepEqual(probe.life, ["start", "data one", "stop"]);
    },
  },
  {
    name: "udp: a port may be stopped in startProtocol, and used again by its protocol",
    needs: ["udp"],
    async run(world) {
      let first = true;
      const probe = new DatagramProbe();
      probe.onStart = () => {
        if (first) void probe.transport.stopListening();
        first = false;
      };
      await outcome(world, world.reactor.listenUDP(0, probe, onHost));
      await world.until("it is stopped", () => probe.stopped);
      await outcome(world, world.reactor.listenUDP(0, probe, onHost));
      probe.tell(probe, "again");
      await world.until("it arrived", () => probe.received.length === 1);
      assert.deepEqual(probe.life, ["start", "stop", "start", "data again"]);
    },
  },
  {
    name: "udp: a protocol that throws when it receives is reported, and goes on",
    needs: ["udp"],
    async run(world) {
      const error = new Error("thrown in datagramReceived");
      const sender = await openProbe(world);
      const bystander = await openProbe(world);
      const throwing = await openProbe(world, (probe) => {
        probe.onData = (_probe, text) => {
          if (text === "bad") throw error;
        };
      });
      world.watch(throwing.life);
      for (const text of ["good", "bad", "good again"]) sender.tell(throwing, text);
      sender.tell(bystander, "undisturbed");
      await world.until("all arrived", () => throwing.received.length === 3);
      await world.until("the bystander hears", () => bystander.received.length === 1);
      assert.deepEqual(world.errors.splice(0), [error]);
    },
  },
  {
    name: "udp: a protocol that throws when it is refused is reported, and goes on",
    needs: ["udp"],
    async run(world) {
      const error = new Error("thrown in connectionRefused");
      const gone = await openProbe(world);
      const probe = await openProbe(world, (self) => {
        self.onRefused = () => {
          throw error;
        };
      });
      await outcome(world, gone.transport.stopListening());
      probe.transport.connect(HOST, gone.port);
      probe.transport.write("hello?");
      await world.until("it is refused", () => world.errors.length > 0);
      assert.deepEqual(world.errors.splice(0), [error]);
      assert.deepEqual(probe.life, ["start", "refused"]);
    },
  },
  {
    name: "udp: a protocol that throws in startProtocol fails listenUDP, and its port is closed",
    needs: ["udp"],
    async run(world) {
      const error = new Error("thrown in startProtocol");
      const probe = new DatagramProbe();
      let port = 0;
      probe.onStart = () => {
        ({ port } = probe);
        throw error;
      };
      assert.equal(await failing(world, world.reactor.listenUDP(0, probe, onHost)), error);
      assert.deepEqual(probe.life, ["start"]);
      probe.onStart = () => {};
      await outcome(world, world.reactor.listenUDP(port, probe, onHost));
      assert.deepEqual(probe.life, ["start", "start"]);
    },
  },
  {
    name: "udp: a protocol that throws in stopProtocol is reported, and its port is closed",
    needs: ["udp"],
    async run(world) {
      const error = new Error("thrown in stopProtocol");
      const probe = await openProbe(world, (self) => {
        self.onStop = () => {
          throw error;
        };
      });
      await outcome(world, probe.transport.stopListening());
      assert.deepEqual(world.errors.splice(0), [error]);
      await outcome(world, world.reactor.listenUDP(probe.port, new DatagramProbe(), onHost));
    },
  },
  {
    name: "udp: a protocol has one port at a time; the second is closed",
    needs: ["udp"],
    async run(world) {
      const probe = await openProbe(world);
      const { transport } = probe;
      const error = await failing(world, world.reactor.listenUDP(0, probe, onHost));
      assert.ok(error instanceof ProtocolInUseError);
      assert.equal(probe.transport, transport);
      probe.tell(probe, "undisturbed");
      await world.until("it arrived", () => probe.received.length === 1);
      assert.deepEqual(probe.life, ["start", "data undisturbed"]);
    },
  },
  {
    name: "udp: a port in use cannot be opened, on its own address or on any",
    needs: ["udp"],
    async run(world) {
      const { port } = await openProbe(world);
      for (const where of [HOST, "0.0.0.0"]) {
        const second = new DatagramProbe();
        const error = await failing(
          world,
          world.reactor.listenUDP(port, second, { interface: where }),
        );
        assert.ok(error instanceof CannotListenError);
        assert.equal(error.reason, "EADDRINUSE");
        assert.ok(error.message.includes(`${where}:${port}`), error.message);
        assert.deepEqual(second.life, []);
      }
    },
  },
  {
    name: "udp: a port that is none, and an interface that is no IP address, are refused at once",
    needs: ["udp"],
    async run(world) {
      const listen = (port: number, options = {}) => {
        return () => void world.reactor.listenUDP(port, new DatagramProbe(), options);
      };
      for (const port of [-1, 65_536, 0.5]) assert.throws(listen(port), BadOptionError);
      for (const name of ["localhost", "", "eth0"]) {
        assert.throws(listen(0, { interface: name }), InvalidAddressError, name);
      }
      assert.throws(listen(0, { maxPacketSize: -1 }), BadOptionError);
    },
  },
  {
    name: "udp: cancelling listenUDP gives up, and the port is free",
    needs: ["udp"],
    async run(world) {
      const { port, transport } = await openProbe(world);
      await outcome(world, transport.stopListening());
      const probe = new DatagramProbe();
      const opening = world.reactor.listenUDP(port, probe, onHost);
      opening.cancel();
      assert.ok((await failing(world, opening)) instanceof CancelledError);
      const early = world.reactor.listenUDP(port, probe, onHost);
      await outcome(world, early);
      assert.deepEqual(probe.life, ["start"]);
    },
  },
  {
    name: "udp: a stopping reactor closes every port, and opens none",
    needs: ["udp"],
    async run(world) {
      const probes = [await openProbe(world), await openProbe(world)];
      const pending = world.reactor.listenUDP(0, new DatagramProbe(), onHost);
      let refused: unknown;
      world.reactor.addSystemEventTrigger("during", "shutdown", () => {
        for (const { life } of probes) life.push("during shutdown");
        world.reactor
          .listenUDP(0, new DatagramProbe(), onHost)
          .addErrback((failure) => (refused = failure.value));
      });
      const settled = pending.addBoth(() => {});
      world.reactor.stop();
      await world.until("it has stopped", () => refused !== undefined);
      await outcome(world, settled);
      assert.ok(refused instanceof ReactorNotRunningError);
      for (const { life } of probes) assert.deepEqual(life, ["start", "stop", "during shutdown"]);
    },
  },
  {
    name: "udp: IPv6 works, and a port on :: speaks to both families",
    needs: ["udp"],
    async run(world) {
      const why = await noIPv6(world);
      if (why !== undefined) return unavailable("IPv6", why);
      const any = { interface: "::" };
      const both = await openProbe(
        world,
        (probe) => {
          probe.onData = (_probe, text, from) => probe.transport.write(`${text} to you`, from);
        },
        any,
      );
      for (const host of ["127.0.0.1", "::1"]) {
        const one = await openProbe(world, () => {}, { interface: host });
        one.transport.write("hello", { host, port: both.port });
        await world.until("the answer came", () => one.received.length === 1);
        assert.deepEqual(one.senders, [{ type: "UDP", host, port: both.port }]);
        assert.equal(both.senders.at(-1)?.host, host);
        const other = host === "::1" ? "127.0.0.1" : "::1";
        assert.throws(
          () => one.transport.write("x", { host: other, port: 7 }),
          InvalidAddressError,
        );
      }
    },
  },
];
