import assert from "node:assert/strict";
import {
  ConnectionAbortedError,
  ConnectionDoneError,
  ConnectionLostError,
  WriteOverflowError,
} from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { connect, connected, listen, type Probe, ProbeFactory } from "./probe.ts";

const MEGABYTE = "0123456789abcdef".repeat(65_536);

/** An established connection: what is delivered, how it ends. */
export const tcpCases: readonly ContractCase<"tcp">[] = [
  {
    name: "tcp: bytes go both ways, and a clean end is told to both sides, once and last",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.onData = (_probe, text) => probe.transport.write(text.toUpperCase());
      });
      assert.equal(client.transport.write("hello"), true);
      await world.until("the echo came", () => client.received === "HELLO");
      client.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      await world.pass(0.02);
      assert.deepEqual(client.life, ["made", "data", "lost ConnectionDoneError"]);
      assert.deepEqual(server.life, client.life);
      assert.ok(client.reason?.check(ConnectionDoneError));
    },
  },
  {
    name: "tcp: nothing is delivered from inside write(), loseConnection() or abortConnection()",
    needs: ["tcp"],
    async run(world) {
      let inside = false;
      const watch = (probe: Probe): void => {
        probe.onData = probe.onLost = () => assert.ok(!inside, "delivered from inside a call");
      };
      const within = (call: () => void): void => {
        inside = true;
        call();
        inside = false;
      };
      for (const end of ["loseConnection", "abortConnection"] as const) {
        const { server, client } = await connected(world, watch, watch);
        within(() => client.transport.write("hello"));
        within(() => server.transport.write("hello"));
        await world.until("it arrived", () => client.received !== "" && server.received !== "");
        within(() => client.transport[end]());
        await world.until("both ends are lost", () => client.lost && server.lost);
      }
    },
  },
  {
    name: "tcp: what was written in connectionMade comes first, and order is kept",
    needs: ["tcp"],
    async run(world) {
      const { client } = await connected(world, (probe) => {
        probe.onMade = () => probe.transport.writeSequence(["a", "b", new Uint8Array([99])]);
        probe.onData = (_probe, text) => probe.transport.write(text);
      });
      client.transport.write("def");
      await world.until("all arrived", () => client.received.length === 6);
      assert.equal(client.received, "abcdef");
    },
  },
  {
    name: "tcp: text is sent as UTF-8, and empty writes send nothing",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      assert.equal(client.transport.write(""), true);
      assert.equal(client.transport.write(new Uint8Array(0)), true);
      client.transport.write("naïve – 日本 🧶");
      await world.until("it arrived", () => server.received.endsWith("🧶"));
      assert.equal(server.received, "naïve – 日本 🧶");
    },
  },
  {
    name: "tcp: the bytes that are delivered are the protocol's to keep, and to change",
    needs: ["tcp"],
    async run(world) {
      const kept: Uint8Array[] = [];
      let bytes = 0;
      const { server, client } = await connected(world, (probe) => {
        probe.dataReceived = (data) => {
          kept.push(data);
          bytes += data.length;
        };
      });
      const small = Array.from({ length: 20 }, (_, index) => `piece ${index}, `);
      for (const text of small) {
        const before = bytes;
        client.transport.write(text);
        await world.until("it arrived", () => bytes === before + text.length);
      }
      client.transport.write(MEGABYTE);
      await world.until("all arrived", () => bytes === small.join("").length + MEGABYTE.length);
      // What has been there before is still there, and a change of one piece is one of that alone.
      kept[0]?.fill(0x2a);
      const expected = "*".repeat(kept[0]?.length ?? 0);
      const text = kept.map((piece) => new TextDecoder("latin1").decode(piece)).join("");
      assert.ok(text === expected + (small.join("") + MEGABYTE).slice(expected.length));
      server.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
    },
  },
  {
    name: "tcp: loseConnection() sends all that was written before it",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      server.transport.write(MEGABYTE);
      server.transport.write("the end");
      server.transport.loseConnection();
      await world.until("the client is told of the end", () => client.lost);
      assert.equal(client.received.length, MEGABYTE.length + "the end".length);
      assert.ok(client.received.endsWith("the end"));
      assert.deepEqual(client.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "tcp: after loseConnection() nothing is received, and what is written is dropped",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.onData = () => {
          if (probe.received !== "one") return;
          probe.transport.loseConnection();
          assert.equal(probe.transport.connected, false);
          assert.equal(probe.transport.write("dropped"), false);
        };
      });
      client.transport.write("one");
      await world.until("the server is told of the end", () => server.lost);
      client.transport.write("two");
      await world.until("the client is told of the end", () => client.lost);
      assert.equal(server.received, "one");
      assert.equal(client.received, "");
    },
  },
  {
    name: "tcp: abortConnection() is ConnectionAborted here, and ConnectionLost over there",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      client.transport.abortConnection();
      client.transport.abortConnection(new Error("too late to be the reason"));
      assert.ok(!client.lost);
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.ok(client.reason?.check(ConnectionAbortedError));
      assert.ok(server.reason?.check(ConnectionLostError));
    },
  },
  {
    name: "tcp: loseConnection() and abortConnection() take a reason of one's own",
    needs: ["tcp"],
    async run(world) {
      for (const end of ["loseConnection", "abortConnection"] as const) {
        const { client } = await connected(world);
        const reason = new RangeError(end);
        client.transport[end](reason);
        await world.until("it is lost", () => client.lost);
        assert.equal(client.reason?.value, reason);
      }
    },
  },
  {
    name: "tcp: a protocol that throws loses its own connection, and no other",
    needs: ["tcp"],
    async run(world) {
      for (const where of ["onMade", "onData"] as const) {
        const error = new Error(`thrown in ${where}`);
        const { server, client } = await connected(world);
        const throwing = new ProbeFactory((probe) => {
          probe[where] = () => {
            throw error;
          };
        });
        const clients = new ProbeFactory((probe) => {
          probe.onMade = () => probe.transport.write("go");
        });
        connect(world, (await listen(world, throwing)).getHost().port, clients);
        // A reset that comes early enough makes the attempt fail, a later one ends the connection.
        await world.until("both ends have ended", () => {
          return throwing.probes[0]?.lost === true && clients.events.includes("stop");
        });
        assert.equal(throwing.probes[0]?.reason?.value, error);
        assert.deepEqual(world.errors.splice(0), [error]);
        client.transport.write("undisturbed");
        await world.until("the bystander hears it", () => server.received === "undisturbed");
      }
    },
  },
  {
    name: "tcp: an error thrown by connectionLost is reported",
    needs: ["tcp"],
    async run(world) {
      const error = new Error("thrown in connectionLost");
      const { server, client } = await connected(world, (probe) => {
        probe.onLost = () => {
          throw error;
        };
      });
      client.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.deepEqual(world.errors.splice(0), [error]);
    },
  },
  {
    name: "tcp: a paused transport delivers nothing, not even the end, until it is resumed",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.onMade = () => probe.transport.pauseProducing();
      });
      client.transport.write("hello");
      client.transport.loseConnection();
      await world.pass(0.03);
      assert.deepEqual(server.life, ["made"]);
      server.transport.resumeProducing();
      assert.deepEqual(server.life, ["made"]);
      await world.until("the end came", () => server.lost);
      assert.equal(server.received, "hello");
      assert.deepEqual(server.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "tcp: write() tells when the peer is behind, and again when it has caught up",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.onMade = () => probe.transport.pauseProducing();
      });
      let written = 0;
      while (client.transport.write(MEGABYTE.slice(0, 65_536))) {
        written += 65_536;
        assert.ok(written < 256 * 1024 * 1024, "write() never told that the peer is behind");
        await world.pass(0);
      }
      assert.ok(client.transport.bufferedBytes > 0);
      server.transport.resumeProducing();
      await world.until("all was taken", () => client.transport.bufferedBytes === 0);
      assert.equal(client.transport.write("more"), true);
    },
  },
  {
    name: "tcp: a peer that reads too slowly is cut off when too much waits for it",
    needs: ["tcp"],
    async run(world) {
      const { client } = await connected(world, (probe) => {
        probe.onMade = () => probe.transport.pauseProducing();
      });
      client.transport.maxBufferedBytes = 2 * 1024 * 1024;
      while (client.transport.connected) {
        client.transport.write(MEGABYTE);
        await world.pass(0);
      }
      await world.until("it is lost", () => client.lost);
      assert.ok(client.reason?.check(WriteOverflowError));
      assert.equal(client.transport.bufferedBytes, 0);
    },
  },
  {
    name: "tcp: both ends know both addresses, also after the end",
    needs: ["tcp"],
    async run(world) {
      const { server, client, port } = await connected(world);
      assert.deepEqual(client.transport.getPeer(), port.getHost());
      assert.deepEqual(server.transport.getHost(), port.getHost());
      assert.deepEqual(server.transport.getPeer(), client.transport.getHost());
      assert.equal(client.transport.getHost().type, "TCP");
      const before = client.transport.getHost();
      client.transport.loseConnection();
      await world.until("it is lost", () => client.lost);
      assert.deepEqual(client.transport.getHost(), before);
    },
  },
  {
    name: "tcp: many connections at once keep their bytes apart",
    needs: ["tcp"],
    async run(world) {
      const port = await listen(
        world,
        new ProbeFactory((probe) => {
          probe.onData = (_probe, text) => probe.transport.write(text);
        }),
      );
      const clients = Array.from({ length: 50 }, (_, index) => {
        const factory = new ProbeFactory((probe) => {
          probe.onMade = () => probe.transport.write(`${index};`.repeat(500));
        });
        connect(world, port.getHost().port, factory);
        return factory;
      });
      const whole = (index: number): string => `${index};`.repeat(500);
      await world.until("every echo came", () =>
        clients.every(({ probes }, index) => probes[0]?.received.length === whole(index).length),
      );
      clients.forEach(({ probes }, index) => assert.equal(probes[0]?.received, whole(index)));
    },
  },
  {
    name: "tcp: connections are lost after the triggers before shutdown, ahead of those during it",
    needs: ["tcp"],
    async run(world) {
      const { reactor, log } = world;
      const lost = (probe: Probe): void => {
        probe.onLost = () => log.push("lost");
      };
      await connected(world, lost, lost);
      for (const phase of ["before", "during"] as const) {
        reactor.addSystemEventTrigger(phase, "shutdown", () => log.push(phase));
      }
      reactor.stop();
      await world.until("the triggers ran", () => log.includes("during"));
      assert.deepEqual(log, ["before", "lost", "lost", "during"]);
    },
  },
  {
    name: "tcp: a stopping reactor ends every connection with ConnectionLost",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      world.reactor.stop();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.ok(server.reason?.check(ConnectionLostError, ConnectionDoneError));
      assert.ok(client.reason?.check(ConnectionLostError, ConnectionDoneError));
    },
  },
  {
    name: "tcp: a stream that was cut short never ends as if it were whole",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      let sent = 0;
      while (sent < 8 * MEGABYTE.length) {
        server.transport.write(MEGABYTE);
        sent += MEGABYTE.length;
      }
      await world.until("some has arrived", () => client.received !== "");
      server.transport.abortConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      const whole = client.received.length === sent;
      assert.ok(whole || client.reason?.check(ConnectionLostError), "cut short, and told as whole");
    },
  },
  {
    name: "tcp: one who closes without reading what came tells the other that it was lost",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(
        world,
        () => {},
        (probe) => {
          probe.onMade = () => probe.transport.pauseProducing();
        },
      );
      for (let i = 0; i < 8; i++) server.transport.write(MEGABYTE);
      await world.pass(0.02);
      client.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.ok(server.reason?.check(ConnectionLostError));
      assert.equal(server.transport.bufferedBytes, 0);
    },
  },
  {
    name: "tcp: what arrived before a reset can be read after it, when reading was paused",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.onMade = () => probe.transport.pauseProducing();
      });
      client.transport.write("hello");
      await world.pass(0.02);
      client.transport.abortConnection();
      await world.pass(0.02);
      assert.deepEqual(server.life, ["made"]);
      server.transport.resumeProducing();
      await world.until("the end came", () => server.lost);
      assert.ok(server.reason?.check(ConnectionLostError));
    },
  },
];
