import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import {
  AlreadyConnectedError,
  DatagramError,
  InvalidAddressError,
  MessageLengthError,
} from "../../reactor/datagram-errors.ts";
import type { ContractCase } from "./contract.ts";
import { type DatagramProbe, HOST, openProbe, outcome } from "./datagram-probe.ts";
import type { World } from "./world.ts";

/** Two probes whose lives are logged. */
async function openTwo(world: World<"udp">): Promise<[DatagramProbe, DatagramProbe]> {
  const two: [DatagramProbe, DatagramProbe] = [await openProbe(world), await openProbe(world)];
  for (const { life } of two) world.watch(life);
  return two;
}

/** A port on which nobody listens any more. */
async function freePort(world: World<"udp">): Promise<number> {
  const probe = await openProbe(world);
  await outcome(world, probe.transport.stopListening());
  return probe.port;
}

/** What open ports send and receive. */
export const datagramCases: readonly ContractCase<"udp">[] = [
  {
    name: "udp: a datagram says where it came from, and an answer gets there",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      other.onData = (_probe, text, from) => other.transport.write(text.toUpperCase(), from);
      assert.equal(one.tell(other, "hello"), true);
      await world.until("the answer came", () => one.received.length === 1);
      assert.deepEqual(one.received, ["HELLO"]);
      assert.deepEqual(one.senders, [other.transport.getHost()]);
      assert.deepEqual(other.senders, [{ type: "UDP", host: HOST, port: one.port }]);
    },
  },
  {
    name: "udp: nothing is delivered from inside write(), connect() or stopListening()",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      let inside = false;
      const within = (call: () => unknown): void => {
        inside = true;
        call();
        inside = false;
      };
      for (const probe of [one, other]) {
        const outside = (): void => assert.ok(!inside, "delivered from inside a call");
        probe.onData = probe.onRefused = probe.onStop = outside;
      }
      within(() => one.tell(other, "hello"));
      within(() => one.tell(one, "myself"));
      await world.until("both arrived", () => other.received.length + one.received.length === 2);
      within(() => one.transport.connect(HOST, other.port));
      within(() => one.transport.write("again"));
      await world.until("all arrived", () => other.received.length + one.received.length === 3);
      within(() => one.transport.stopListening());
      await world.until("it is stopped", () => one.stopped);
    },
  },
  {
    name: "udp: datagrams arrive whole and apart, empty ones too, in order on a quiet way",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      const sent = ["one", "", "three", "naïve – 日本 🧶", ""];
      for (const text of sent) one.tell(other, text);
      one.transport.writeSequence(["a", "", new Uint8Array([98])], other.transport.getHost());
      await world.until("all arrived", () => other.received.length === 6);
      assert.deepEqual(other.received, [...sent, "ab"]);
    },
  },
  {
    name: "udp: the bytes that arrive are the receiver's to keep and to change",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      const kept: Uint8Array[] = [];
      other.datagramReceived = (data) => {
        kept.push(data);
        data[0] = 0;
      };
      const bytes = new Uint8Array([1, 2, 3]);
      one.tell(other, bytes);
      one.tell(other, bytes);
      await world.until("both arrived", () => kept.length === 2);
      assert.deepEqual(
        kept.map((data) => [...data]),
        [
          [0, 2, 3],
          [0, 2, 3],
        ],
      );
      assert.deepEqual([...bytes], [1, 2, 3]);
    },
  },
  {
    name: "udp: 65,507 bytes are a datagram, one more is a MessageLengthError",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      assert.throws(() => one.tell(other, new Uint8Array(65_508)), MessageLengthError);
      assert.equal(one.tell(other, "x".repeat(65_507)), true);
      await world.until("it arrived", () => other.received.length === 1);
      assert.equal(other.received[0]?.length, 65_507);
    },
  },
  {
    name: "udp: host names, other families and what is no port are refused at once",
    needs: ["udp"],
    async run(world) {
      const [one] = await openTwo(world);
      const write = (host: string, port: number) => () => one.transport.write("x", { host, port });
      for (const host of ["localhost", "", "127.1", "example.com", "::1"]) {
        assert.throws(write(host, 7), InvalidAddressError, host);
        assert.throws(() => one.transport.connect(host, 7), InvalidAddressError, host);
      }
      for (const port of [0, -1, 65_536, 1.5, Number.NaN]) {
        assert.throws(write(HOST, port), BadOptionError);
        assert.throws(() => one.transport.connect(HOST, port), BadOptionError);
      }
      assert.throws(() => one.transport.write("x"), BadOptionError);
      assert.equal(one.transport.droppedDatagrams, 0);
    },
  },
  {
    name: "udp: a broadcast must be allowed first",
    needs: ["udp"],
    async run(world) {
      const [one] = await openTwo(world);
      assert.equal(one.transport.getBroadcastAllowed(), false);
      for (const host of ["<broadcast>", "255.255.255.255"]) {
        assert.throws(
          () => one.transport.write("x", { host, port: 7 }),
          (error) => error instanceof DatagramError && error.reason === "EACCES",
        );
      }
      one.transport.setBroadcastAllowed(true);
      assert.equal(one.transport.getBroadcastAllowed(), true);
    },
  },
  {
    name: "udp: a connected port needs no address, and hears nobody else",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      const stranger = await openProbe(world);
      one.transport.connect(HOST, other.port);
      stranger.tell(one, "psst");
      one.transport.write("hello");
      one.transport.write("again", other.transport.getHost());
      await world.until("both arrived", () => other.received.length === 2);
      other.tell(one, "welcome");
      await world.until("the answer came", () => one.received.length === 1);
      assert.deepEqual(one.received, ["welcome"]);
      assert.throws(() => one.tell(stranger, "psst"), BadOptionError);
      assert.throws(() => one.transport.connect(HOST, other.port), AlreadyConnectedError);
    },
  },
  {
    name: "udp: a connected port is told when nobody is there, and goes on",
    needs: ["udp"],
    async run(world) {
      const nobody = await freePort(world);
      const probe = await openProbe(world);
      probe.transport.connect(HOST, nobody);
      probe.transport.write("hello?");
      await world.until("it is told", () => probe.life.includes("refused"));
      let heard: string | undefined;
      const late = await openProbe(world, (newcomer) => {
        newcomer.onData = (_probe, text) => (heard = text);
      });
      await outcome(world, late.transport.stopListening());
      world.reactor.listenUDP(nobody, late, { interface: HOST });
      await world.until("it is heard", () => {
        probe.transport.write("hello!");
        return heard === "hello!";
      });
    },
  },
  {
    name: "udp: a port that is not connected is not told when nobody is there",
    needs: ["udp"],
    async run(world) {
      const nobody = await freePort(world);
      const [one, other] = await openTwo(world);
      assert.equal(one.transport.write("hello?", { host: HOST, port: nobody }), true);
      await world.pass(0.02);
      one.tell(other, "still here");
      await world.until("it arrived", () => other.received.length === 1);
      assert.deepEqual(one.life, ["start"]);
    },
  },
  {
    name: "udp: what is over maxPacketSize is dropped and counted, never cut",
    needs: ["udp"],
    async run(world) {
      const small = await openProbe(world, () => {}, { maxPacketSize: 4 });
      const sender = await openProbe(world);
      for (const text of ["four", "fives", "", "end"]) sender.tell(small, text);
      await world.until("the last arrived", () => small.received.includes("end"));
      assert.deepEqual(small.received, ["four", "", "end"]);
      assert.equal(small.transport.droppedDatagrams, 1);
    },
  },
  {
    name: "udp: what would wait beyond maxBufferedBytes is dropped and counted",
    needs: ["udp"],
    async run(world) {
      const [one, other] = await openTwo(world);
      one.transport.maxBufferedBytes = 4;
      assert.equal(one.tell(other, "fives"), false);
      assert.equal(one.transport.droppedDatagrams, 1);
      assert.equal(one.tell(other, "four"), true);
      await world.until("it arrived", () => other.received.length === 1);
      assert.deepEqual(other.received, ["four"]);
    },
  },
  {
    name: "udp: what comes faster than it is received is lost, without harm to the rest",
    needs: ["udp"],
    async run(world) {
      const [one, other] = [await openProbe(world), await openProbe(world)];
      const count = 20_000;
      for (let i = 0; i < count; i++) one.tell(other, `${i} `.padEnd(1000, "."));
      await world.until("the first have arrived", () => other.received.length > 50);
      await world.pass(0.05);
      assert.ok(other.received.length < count, "a burst of 20 MB arrived whole");
      const numbers = other.received.map(Number.parseFloat);
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
      assert.ok(other.received.every((text) => text.length === 1000));
      other.tell(one, "enough");
      await world.until("the port goes on", () => one.received.length === 1);
    },
  },
  {
    name: "udp: many ports at once keep their datagrams apart",
    needs: ["udp"],
    async run(world) {
      const server = await openProbe(world, (probe) => {
        probe.onData = (_probe, text, from) => probe.transport.write(text, from);
      });
      const clients: DatagramProbe[] = [];
      for (let i = 0; i < 20; i++) clients.push(await openProbe(world));
      clients.forEach((client, index) => client.tell(server, `client ${index}`));
      await world.until("every echo came", () => clients.every(({ received }) => received.length));
      clients.forEach((client, index) => {
        assert.deepEqual(client.received, [`client ${index}`]);
      });
    },
  },
];
