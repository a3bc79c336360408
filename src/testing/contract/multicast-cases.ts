import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import type { ListenMulticastOptions } from "../../reactor/capabilities.ts";
import {
  DatagramError,
  InvalidAddressError,
  MulticastJoinError,
} from "../../reactor/datagram-errors.ts";
import type { MulticastTransport } from "../../reactor/datagrams.ts";
import { CannotListenError } from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { DatagramProbe, failing, HOST, outcome } from "./datagram-probe.ts";
import { unavailable } from "./unavailable.ts";
import type { World } from "./world.ts";

/** For private use: nobody else on this machine is likely to be a member. */
const GROUP = "239.83.75.69";
const OTHER_GROUP = "239.83.75.70";

type Probe = DatagramProbe<MulticastTransport>;

async function open(
  world: World<"multicast">,
  port = 0,
  options: ListenMulticastOptions = {},
): Promise<Probe> {
  const probe: Probe = new DatagramProbe<MulticastTransport>();
  await outcome(world, world.reactor.listenMulticast(port, probe, options));
  return probe;
}

/** A port that sends to groups by the loopback interface. */
async function openSender(world: World<"multicast">): Promise<Probe> {
  const sender = await open(world);
  await outcome(world, sender.transport.setOutgoingInterface(HOST));
  return sender;
}

/** Runs the case where groups work by the loopback interface: not every sandbox lets them. */
function onLoopback(
  run: (world: World<"multicast">, sender: Probe) => Promise<void>,
): (world: World<"multicast">) => Promise<void> {
  return async (world) => {
    try {
      const sender = await openSender(world);
      await outcome(world, sender.transport.joinGroup(OTHER_GROUP, HOST));
      sender.transport.write("heard?", { host: OTHER_GROUP, port: sender.port });
      await world.until("a group is heard", () => sender.received.length === 1);
      await outcome(world, sender.transport.leaveGroup(OTHER_GROUP, HOST));
      sender.received.pop();
    } catch (error) {
      world.errors.splice(0);
      unavailable("multicast on the loopback interface", error);
      return;
    }
    await run(world, await openSender(world));
  };
}

/** Groups of UDP ports. */
export const multicastCases: readonly ContractCase<"multicast">[] = [
  {
    name: "multicast: who has joined a group hears it, until leaving",
    needs: ["multicast"],
    run: onLoopback(async (world, sender) => {
      const [one, other] = [await open(world), await open(world)];
      for (const probe of [one, other]) {
        await outcome(world, probe.transport.joinGroup(GROUP, HOST));
      }
      const tellGroup = (text: string): void => {
        for (const { port } of [one, other]) sender.transport.write(text, { host: GROUP, port });
      };
      tellGroup("hello");
      await world.until("both hear", () => one.received.length + other.received.length === 2);
      assert.deepEqual(one.senders, [{ type: "UDP", host: HOST, port: sender.port }]);
      for (const probe of [one, other]) {
        await outcome(world, probe.transport.leaveGroup(GROUP, HOST));
      }
      tellGroup("anybody?");
      await world.pass(0.02);
      assert.deepEqual(one.received, ["hello"]);
      assert.deepEqual(other.received, ["hello"]);
    }),
  },
  {
    name: "multicast: with listenMultiple several hear on one port",
    needs: ["multicast"],
    run: onLoopback(async (world, sender) => {
      const shared = { listenMultiple: true };
      const one = await open(world, 0, shared);
      const other = await open(world, one.port, shared);
      for (const probe of [one, other]) {
        await outcome(world, probe.transport.joinGroup(GROUP, HOST));
      }
      sender.transport.write("hello", { host: GROUP, port: one.port });
      await world.until("both hear", () => one.received.length + other.received.length === 2);
      assert.deepEqual([...one.received, ...other.received], ["hello", "hello"]);
    }),
  },
  {
    name: "multicast: without listenMultiple a port is one's own",
    needs: ["multicast"],
    async run(world) {
      const { port } = await open(world);
      const second = world.reactor.listenMulticast(port, new DatagramProbe(), {
        listenMultiple: true,
      });
      const error = await failing(world, second);
      assert.ok(error instanceof CannotListenError);
      assert.equal(error.reason, "EADDRINUSE");
    },
  },
  {
    name: "multicast: joining twice, and leaving what was not joined, are MulticastJoinErrors",
    needs: ["multicast"],
    run: onLoopback(async (world) => {
      const { transport } = await open(world);
      await outcome(world, transport.joinGroup(GROUP, HOST));
      for (const [attempt, reason] of [
        [() => transport.joinGroup(GROUP, HOST), "EADDRINUSE"],
        [() => transport.leaveGroup(OTHER_GROUP, HOST), "EADDRNOTAVAIL"],
      ] as const) {
        const error = await failing(world, attempt());
        assert.ok(error instanceof MulticastJoinError);
        assert.equal(error.reason, reason);
      }
    }),
  },
  {
    name: "multicast: what is no group, no IP address, or of another family cannot be joined",
    needs: ["multicast"],
    async run(world) {
      const { transport } = await open(world);
      const error = await failing(world, transport.joinGroup("10.1.2.3", HOST));
      assert.ok(error instanceof MulticastJoinError);
      assert.equal(error.reason, "EINVAL");
      for (const [group, by] of [
        ["all-hosts.example", HOST],
        ["ff02::1", HOST],
        [GROUP, "lo"],
        [GROUP, "::1"],
      ] as const) {
        const refused = await failing(world, transport.joinGroup(group, by));
        assert.ok(refused instanceof InvalidAddressError, `${group} by ${by}`);
      }
      await outcome(world, transport.stopListening());
      const closed = await failing(world, transport.joinGroup(GROUP, HOST));
      assert.ok(closed instanceof MulticastJoinError);
      assert.equal(closed.reason, "EBADF");
    },
  },
  {
    name: "multicast: TTL, loopback and the outgoing interface can be read and set",
    needs: ["multicast"],
    async run(world) {
      const { transport } = await open(world);
      assert.equal(transport.getTTL(), 1);
      transport.setTTL(255);
      assert.equal(transport.getTTL(), 255);
      for (const ttl of [-1, 256, 1.5]) {
        assert.throws(() => transport.setTTL(ttl), BadOptionError);
      }
      assert.equal(transport.getTTL(), 255);
      assert.equal(transport.getLoopbackMode(), true);
      transport.setLoopbackMode(false);
      assert.equal(transport.getLoopbackMode(), false);
      assert.equal(transport.getOutgoingInterface(), "0.0.0.0");
      await outcome(world, transport.setOutgoingInterface(HOST));
      assert.equal(transport.getOutgoingInterface(), HOST);
      const refused = await failing(world, transport.setOutgoingInterface("lo"));
      assert.ok(refused instanceof InvalidAddressError);
      await outcome(world, transport.stopListening());
      const closed = await failing(world, transport.setOutgoingInterface(HOST));
      assert.ok(closed instanceof DatagramError);
      assert.equal(transport.getOutgoingInterface(), HOST);
    },
  },
  {
    name: "multicast: a port with groups sends and receives like any other",
    needs: ["multicast"],
    async run(world) {
      const [one, other] = [await open(world), await open(world)];
      one.transport.write("hello", { host: HOST, port: other.port });
      await world.until("it arrived", () => other.received.length === 1);
      assert.deepEqual(other.senders, [{ type: "UDP", host: HOST, port: one.port }]);
    },
  },
];
