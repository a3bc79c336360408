import assert from "node:assert/strict";
import { ConnectionAbortedError, ConnectionLostError } from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { connected, type Probe } from "./probe.ts";
import { paused, PIECE } from "./producers.ts";

const MEGABYTES = PIECE.repeat(64);

/** A server that answers when it has the whole request. */
function answering(probe: Probe): void {
  probe.halfCloseable();
  probe.onReadLost = () => {
    probe.transport.write(`${probe.received.length} bytes`);
    probe.transport.loseConnection();
  };
}

const halfCloseable = (probe: Probe): void => probe.halfCloseable();

/** Half-close: one direction ends, the other goes on. */
export const halfCloseCases: readonly ContractCase<"tcp">[] = [
  {
    name: "half-close: a request that ends with its direction is answered in the other",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, answering, halfCloseable);
      client.transport.write(MEGABYTES);
      client.transport.loseWriteConnection();
      assert.deepEqual(client.life, ["made"]);
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(client.received, `${MEGABYTES.length} bytes`);
      assert.deepEqual(server.life, ["made", "data", "read lost", "lost ConnectionDoneError"]);
      assert.deepEqual(client.life, [
        "made",
        "write lost",
        "data",
        "read lost",
        "lost ConnectionDoneError",
      ]);
    },
  },
  {
    name: "half-close: loseWriteConnection() works without support for half-close on its side",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, answering);
      client.transport.write("hello");
      client.transport.loseWriteConnection();
      client.transport.loseWriteConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(client.received, "5 bytes");
      assert.deepEqual(client.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "half-close: 43: the peer's end closes all of a connection that has no support for it",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(
        world,
        (probe) => {
          probe.onData = () => {
            if (probe.received === "hello") probe.transport.write(MEGABYTES);
          };
        },
        halfCloseable,
      );
      client.transport.write("hello");
      client.transport.loseWriteConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(client.received.length, MEGABYTES.length);
      assert.equal(server.received, "hello");
      assert.deepEqual(server.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "half-close: what is written after loseWriteConnection() is dropped, and reading goes on",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, halfCloseable, halfCloseable);
      client.transport.write("last");
      client.transport.loseWriteConnection();
      assert.equal(client.transport.write("dropped"), false);
      assert.equal(client.transport.connected, true);
      await world.until("the server was told", () => server.life.includes("read lost"));
      assert.equal(server.received, "last");
      assert.equal(server.transport.connected, true);
      for (const text of ["one", "two"]) {
        client.received = "";
        server.transport.write(text);
        await world.until("it arrived", () => client.received === text);
      }
      server.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
    },
  },
  {
    name: "half-close: when both directions have ended, the connection has, cleanly",
    needs: ["tcp"],
    async run(world) {
      for (const later of [false, true]) {
        const { server, client } = await connected(world, halfCloseable, halfCloseable);
        const end = (): void => server.transport.loseWriteConnection();
        if (!later) server.onReadLost = end;
        client.transport.loseWriteConnection();
        await world.until("the end came", () => server.life.includes("read lost"));
        if (later) end();
        await world.until("both ends are lost", () => client.lost && server.lost);
        const done = "lost ConnectionDoneError";
        assert.deepEqual(server.life, ["made", "read lost", done]);
        assert.deepEqual(client.life, ["made", "write lost", "read lost", done]);
      }
    },
  },
  {
    name: "half-close: loseConnection() after loseWriteConnection() closes, and so does an abort",
    needs: ["tcp"],
    async run(world) {
      for (const end of ["loseConnection", "abortConnection"] as const) {
        for (const wait of [0, 0.02]) {
          const { server, client } = await connected(world, halfCloseable);
          client.transport.loseWriteConnection();
          if (wait > 0) await world.pass(wait);
          client.transport[end]();
          await world.until("it is lost", () => client.lost);
          assert.equal(
            client.reason?.check(ConnectionAbortedError) !== undefined,
            end !== "loseConnection",
          );
          server.transport.loseConnection();
          await world.until("the other one too", () => server.lost);
          // What it was told depends on which came first.
          server.life.length = 0;
        }
      }
    },
  },
  {
    name: "half-close: 44: the peer's end waits while reading is paused, until it is resumed",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.halfCloseable();
        paused(probe);
      });
      client.transport.write("hello");
      client.transport.loseWriteConnection();
      await world.pass(0.03);
      assert.deepEqual(server.life, ["made"]);
      server.transport.resumeProducing();
      assert.deepEqual(server.life, ["made"]);
      await world.until("the end came", () => server.life.includes("read lost"));
      assert.deepEqual(server.life, ["made", "data", "read lost"]);
      // There is nothing more to be paused or resumed.
      server.transport.pauseProducing();
      server.transport.resumeProducing();
      server.transport.write("bye");
      server.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(client.received, "bye");
    },
  },
  {
    name: "half-close: a reset is ConnectionLost also when this side's direction has ended",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, halfCloseable, halfCloseable);
      client.transport.loseWriteConnection();
      await world.until("the server was told", () => server.life.includes("read lost"));
      server.transport.abortConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.deepEqual(client.life, ["made", "write lost", "lost ConnectionLostError"]);
      assert.deepEqual(server.life, ["made", "read lost", "lost ConnectionAbortedError"]);
    },
  },
  {
    name: "half-close: an answer that was cut short never ends as if it were whole",
    needs: ["tcp"],
    async run(world) {
      for (let round = 0; round < 5; round++) {
        const { server, client } = await connected(world, (probe) => {
          probe.halfCloseable();
          probe.onReadLost = () => void probe.transport.writeSequence([MEGABYTES, MEGABYTES]);
        });
        // Not at once: what has arrived by then is read before the reset is found behind it.
        const cut = (): void => server.transport.abortConnection();
        client.onData = () => {
          client.onData = () => {};
          world.reactor.callLater(0, cut);
        };
        client.transport.loseWriteConnection();
        await world.until("both ends are lost", () => client.lost && server.lost);
        const whole = client.received.length === 2 * MEGABYTES.length;
        const told = whole || client.reason?.check(ConnectionLostError) !== undefined;
        assert.ok(told, "cut short, and told as whole");
        // Whether it was depends on the pace.
        client.life.length = server.life.length = 0;
      }
    },
  },
  {
    name: "half-close: writing to one who has gone is ConnectionLost, after its end was told",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, halfCloseable);
      client.transport.loseConnection();
      await world.until("the server was told", () => server.life.includes("read lost"));
      // Its end may be all, or half: what is written finds out.
      server.transport.write("is anybody there?");
      await world.until("it is lost", () => {
        server.transport.write("anybody?");
        return server.lost;
      });
      assert.deepEqual(server.life, ["made", "read lost", "lost ConnectionLostError"]);
    },
  },
];
