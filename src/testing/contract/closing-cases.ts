import assert from "node:assert/strict";
import { TimeoutError } from "../../defer/errors.ts";
import { ConnectionAbortedError, ConnectionLostError } from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { connected, ProbeFactory, listen, connect } from "./probe.ts";
import { clog, paused, PIECE, Pulled } from "./producers.ts";

/** Nothing hangs on a peer that never reads: deadlines for closing, and for stopping. */
export const closingCases: readonly ContractCase<"tcp">[] = [
  {
    name: "closing: a peer that takes nothing is cut off after closeTimeout, with TimeoutError",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      await clog(world, client);
      const reason = new Error("why it was closed");
      client.transport.closeTimeout = 0.05;
      client.transport.loseConnection(reason);
      const before = world.reactor.seconds();
      await world.until("it is lost", () => client.lost);
      assert.ok(world.reactor.seconds() - before > 0.04);
      assert.ok(client.reason?.check(TimeoutError) !== undefined);
      assert.equal((client.reason.value as Error).cause, reason);
      server.transport.resumeProducing();
      await world.until("the other end is lost", () => server.lost);
      assert.ok(server.reason?.check(ConnectionLostError));
    },
  },
  {
    name: "closing: a peer that takes it all in time gets it all, and no delayed call is left",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      const bytes = await clog(world, client);
      client.transport.loseConnection();
      await world.pass(0.02);
      assert.equal(world.reactor.getDelayedCalls().length, 1);
      server.transport.resumeProducing();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(server.received.length, bytes);
      assert.deepEqual(client.life, ["made", "lost ConnectionDoneError"]);
      assert.deepEqual(world.reactor.getDelayedCalls(), []);
    },
  },
  {
    name: "closing: where nothing waits, or for Infinity, there is no deadline",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      server.transport.loseConnection();
      assert.deepEqual(world.reactor.getDelayedCalls(), []);
      await world.until("both ends are lost", () => client.lost && server.lost);
      const another = await connected(world, paused);
      await clog(world, another.client);
      another.client.transport.closeTimeout = Infinity;
      another.client.transport.loseConnection();
      assert.deepEqual(world.reactor.getDelayedCalls(), []);
      another.client.transport.abortConnection();
    },
  },
  {
    name: "closing: 44: resumeProducing() after loseConnection() delivers nothing",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      client.transport.write("too late");
      await world.pass(0.02);
      server.transport.loseConnection();
      server.transport.resumeProducing();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.deepEqual(server.life, ["made", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "closing: two who close at once, one without having read the other's end, close cleanly",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      client.transport.loseConnection();
      await world.until("the client is lost", () => client.lost);
      server.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.deepEqual(client.life, ["made", "lost ConnectionDoneError"]);
      assert.deepEqual(server.life, client.life);
    },
  },
  {
    name: "closing: abortConnection() right after loseConnection() aborts",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      client.transport.loseConnection();
      client.transport.abortConnection();
      await world.until("it is lost", () => client.lost);
      assert.ok(client.reason?.check(ConnectionAbortedError));
      server.transport.abortConnection();
      const behind = await connected(world, paused);
      await clog(world, behind.client);
      behind.client.transport.loseConnection();
      behind.client.transport.abortConnection();
      await world.until("it is lost", () => behind.client.lost);
      assert.ok(behind.client.reason?.check(ConnectionAbortedError));
      behind.server.transport.resumeProducing();
      await world.until("the peer too", () => behind.server.lost);
      assert.ok(behind.server.reason?.check(ConnectionLostError));
    },
  },
  {
    name: "closing: what an abort has dropped does not count as waiting",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      await clog(world, client);
      assert.ok(client.transport.bufferedBytes > 0);
      client.transport.abortConnection();
      assert.equal(client.transport.bufferedBytes, 0);
      server.transport.resumeProducing();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(client.transport.bufferedBytes, 0);
    },
  },
  {
    name: "closing: the deadline begins anew whenever a pull producer is asked for more",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      const pulled = new Pulled(client, 5);
      client.transport.closeTimeout = 0.3;
      // It takes longer than the deadline, all in all.
      const slow = {
        resumeProducing: () => void world.reactor.callLater(0.1, () => pulled.resumeProducing()),
        stopProducing: () => pulled.stopProducing(),
      };
      client.transport.registerProducer(slow, false);
      client.transport.loseConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(server.received, PIECE.repeat(5));
      assert.deepEqual(client.life, ["made", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "closing: a pull producer that never ends is stopped at the deadline",
    needs: ["tcp"],
    async run(world) {
      const { client } = await connected(world);
      client.transport.closeTimeout = 0.03;
      const events: string[] = [];
      client.transport.registerProducer(
        {
          resumeProducing: () => events.push("resume"),
          stopProducing: () => events.push("stop"),
        },
        false,
      );
      client.transport.loseConnection();
      await world.until("it is lost", () => client.lost);
      assert.deepEqual(events, ["resume", "stop"]);
      assert.ok(client.reason?.check(TimeoutError));
    },
  },
  {
    name: "closing: one that has ended in the peer's direction is held to the deadline too",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      await clog(world, client);
      client.transport.closeTimeout = 0.03;
      server.transport.loseWriteConnection();
      await world.until("it is lost", () => client.lost);
      assert.ok(client.reason?.check(TimeoutError));
    },
  },
  ...(["reading", "writing"] as const).map((busy): ContractCase<"tcp"> => ({
    name: `closing: a reset is told in the same words everywhere, with the address, when ${busy}`,
    needs: ["tcp"],
    async run(world) {
      const { server, client, port } = await connected(world);
      if (busy === "writing") {
        server.transport.pauseProducing();
        await clog(world, client);
      }
      server.transport.abortConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.ok(client.reason?.check(ConnectionLostError) !== undefined);
      const { message, cause } = client.reason.value as ConnectionLostError;
      const { host, port: number } = port.getHost();
      assert.equal(message, `the connection with ${host}:${number} was reset by the peer`);
      // A write may be the second to hear of it.
      const code = String((cause as { code?: unknown }).code);
      assert.ok(["ECONNRESET", "EPIPE"].includes(code), code);
    },
  })),
  {
    name: "stopping: each step can be seen: triggers, the ports' end, the connections', triggers",
    needs: ["tcp"],
    async run(world) {
      const { reactor, log } = world;
      const seen: string[] = [];
      class Watched extends ProbeFactory {
        override stopFactory(): void {
          seen.push("stop accepting");
        }
      }
      const servers = new Watched((probe) => {
        probe.onLost = () => seen.push("lost");
      });
      connect(world, (await listen(world, servers)).getHost().port, new ProbeFactory());
      await world.until("it is made", () => servers.probes.length === 1);
      for (const phase of ["before", "during", "after"] as const) {
        reactor.addSystemEventTrigger(phase, "shutdown", () => seen.push(phase));
      }
      reactor.stop();
      await world.until("it has stopped", () => !reactor.running);
      // These two begin together.
      assert.deepEqual(seen.splice(1, 2).sort(), ["lost", "stop accepting"]);
      assert.deepEqual(seen, ["before", "during", "after"]);
      assert.ok(servers.probes[0]?.reason?.check(ConnectionLostError));
      log.push(...seen);
    },
  },
  {
    name: "stopping: calls from threads that ending connections leave are made before the stop",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      const seen: string[] = [];
      for (const probe of [server, client]) {
        probe.onLost = () => world.reactor.callFromThread(() => seen.push("called"));
      }
      world.reactor.addSystemEventTrigger("during", "shutdown", () => seen.push("during"));
      world.reactor.stop();
      await world.until("it has stopped", () => !world.reactor.running);
      assert.deepEqual(seen, ["called", "called", "during"]);
    },
  },
  ...[0, 0.05].map((drainSeconds): ContractCase<"tcp"> => ({
    name: `stopping: who has not ended in drainSeconds (${drainSeconds}) is cut off, and told so`,
    needs: ["tcp"],
    options: { drainSeconds },
    async run(world) {
      const { client } = await connected(world);
      const events: string[] = [];
      const holding = {
        resumeProducing: () => events.push("resume"),
        stopProducing: () => events.push("stop"),
      };
      client.transport.registerProducer(holding, false);
      const before = world.reactor.seconds();
      world.reactor.stop();
      await world.until("it has stopped", () => !world.reactor.running);
      assert.ok(world.reactor.seconds() - before > drainSeconds - 0.01);
      assert.ok(client.reason?.check(ConnectionLostError) !== undefined);
      assert.match(client.reason.message, /in [\d.]+ seconds 0 bytes were not/);
      assert.deepEqual(events, ["resume", "stop"]);
    },
  })),
];
