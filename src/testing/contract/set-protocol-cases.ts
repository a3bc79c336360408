import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import { connected, Probe } from "./probe.ts";

const encoder = new TextEncoder();

/** A server that becomes another at the first "|", and hands on what came behind it. */
function upgrading(next: Probe): (probe: Probe) => void {
  return (probe) => {
    probe.onData = () => {
      const at = probe.received.indexOf("|");
      if (at < 0) return;
      const rest = probe.received.slice(at + 1);
      probe.received = probe.received.slice(0, at);
      probe.transport.setProtocol(next, encoder.encode(rest));
      assert.equal(next.received, "", "delivered from inside setProtocol()");
    };
  };
}

/** setProtocol(): another protocol takes over a connection. */
export const setProtocolCases: readonly ContractCase<"tcp">[] = [
  {
    name: "setProtocol: the new protocol gets all that comes, and the end; the old one nothing",
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      const { server, client } = await connected(world, upgrading(next));
      next.onMade = () => next.transport.write("welcome");
      client.transport.write("old|");
      await world.until("it has changed", () => client.received === "welcome");
      assert.equal(next.transport, server.transport);
      client.transport.write("new");
      await world.until("it arrived", () => next.received === "new");
      client.transport.loseConnection();
      await world.until("it is lost", () => next.lost);
      assert.equal(server.received, "old");
      assert.deepEqual(server.life, ["made", "data"]);
      assert.deepEqual(next.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "setProtocol: what the old protocol has not used comes first, however it was cut",
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      const { client, server } = await connected(world, upgrading(next));
      const text = "old|first;" + "more;".repeat(50_000);
      client.transport.write(text);
      client.transport.write("last");
      client.transport.loseConnection();
      await world.until("it is lost", () => next.lost);
      assert.equal(`${server.received}|${next.received}`, `${text}last`);
      assert.deepEqual(next.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "setProtocol: what is handed on waits while the new protocol has paused",
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      const { client } = await connected(world, upgrading(next));
      next.onMade = () => next.transport.pauseProducing();
      client.transport.write("old|rest, ");
      await world.until("it has changed", () => next.life.length > 0);
      client.transport.write("and more");
      await world.pass(0.02);
      assert.deepEqual(next.life, ["made"]);
      next.onData = () => {
        if (next.received.startsWith("rest")) next.transport.pauseProducing();
      };
      next.transport.resumeProducing();
      assert.deepEqual(next.life, ["made"]);
      await world.until("the rest came", () => next.received.startsWith("rest"));
      next.onData = () => {};
      next.transport.resumeProducing();
      await world.until("all came", () => next.received === "rest, and more");
    },
  },
  {
    name: "setProtocol: nothing that was handed on is delivered after loseConnection()",
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      const { client } = await connected(world, upgrading(next));
      next.onMade = () => next.transport.loseConnection();
      client.transport.write("old|rest");
      await world.until("both ends are lost", () => client.lost && next.lost);
      assert.deepEqual(next.life, ["made", "lost ConnectionDoneError"]);
      // What the peer is told depends on whether all of it had been read.
      client.life.length = 0;
    },
  },
  {
    name: "setProtocol: works in connectionMade, and from one protocol to the next",
    needs: ["tcp"],
    async run(world) {
      const [second, third] = [new Probe(), new Probe()];
      second.onMade = () => second.transport.setProtocol(third, encoder.encode("and "));
      const { server, client } = await connected(world, (probe) => {
        probe.onMade = () => probe.transport.setProtocol(second, encoder.encode("handed on, "));
      });
      await world.until("it has changed", () => third.received !== "");
      client.transport.write("sent");
      await world.until("it came", () => third.received === "and handed on, sent");
      client.transport.loseConnection();
      await world.until("it is lost", () => third.lost);
      assert.deepEqual(server.life, ["made"]);
      assert.deepEqual(second.life, ["made"]);
    },
  },
  {
    name: "setProtocol: one that comes after the peer's end is told of it",
    needs: ["tcp"],
    async run(world) {
      const [plain, halfway] = [new Probe(), new Probe()];
      for (const next of [plain, halfway]) {
        const { server, client } = await connected(world, (probe) => probe.halfCloseable());
        if (next === halfway) next.halfCloseable();
        client.transport.loseWriteConnection();
        await world.until("the end came", () => server.life.includes("read lost"));
        server.transport.setProtocol(next, encoder.encode("rest"));
        assert.deepEqual(next.life, ["made"]);
        await world.until("it was told", () => next.life.length > 2);
        next.transport.loseConnection();
        await world.until("it is lost", () => next.lost);
        assert.equal(next.received, "rest");
      }
      const done = "lost ConnectionDoneError";
      assert.deepEqual(plain.life, ["made", "data", done]);
      assert.deepEqual(halfway.life, ["made", "data", "read lost", done]);
    },
  },
  ...[false, true].map((pauses): ContractCase<"tcp"> => ({
    name:
      "setProtocol: one that ends its direction after the peer's end still gets the rest" +
      (pauses ? ", when it resumes" : ""),
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      next.halfCloseable();
      next.onMade = () => {
        if (pauses) next.transport.pauseProducing();
        next.transport.loseWriteConnection();
      };
      const { server, client } = await connected(world, (probe) => probe.halfCloseable());
      client.transport.loseWriteConnection();
      await world.until("the end came", () => server.life.includes("read lost"));
      server.transport.setProtocol(next, encoder.encode("rest"));
      await world.until("the client is lost", () => client.lost);
      if (pauses) {
        await world.pass(0.02);
        assert.deepEqual(next.life, ["made", "write lost"]);
        next.transport.resumeProducing();
      }
      await world.until("it is lost", () => next.lost);
      assert.equal(next.received, "rest");
      const told = next.life.filter((what) => what !== "write lost");
      assert.deepEqual(told, ["made", "data", "read lost", "lost ConnectionDoneError"]);
    },
  })),
  {
    name: "setProtocol: one that takes over when both directions have ended gets the rest",
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      next.halfCloseable();
      const { server, client } = await connected(world, (probe) => {
        probe.halfCloseable();
        probe.onReadLost = () => probe.transport.setProtocol(next, encoder.encode("rest"));
      });
      client.halfCloseable();
      server.transport.loseWriteConnection();
      await world.until("its end came", () => client.life.includes("read lost"));
      client.transport.loseWriteConnection();
      await world.until("both ends are lost", () => next.lost && client.lost);
      assert.equal(next.received, "rest");
      assert.deepEqual(next.life, ["made", "data", "read lost", "lost ConnectionDoneError"]);
      assert.deepEqual(server.life, ["made", "write lost", "read lost"]);
    },
  },
  {
    name: "setProtocol: does nothing when the connection has ended",
    needs: ["tcp"],
    async run(world) {
      const next = new Probe();
      const { client } = await connected(world);
      client.transport.abortConnection();
      await world.until("it is lost", () => client.lost);
      client.transport.setProtocol(next, encoder.encode("rest"));
      await world.pass(0.02);
      assert.deepEqual(next.life, []);
    },
  },
];
