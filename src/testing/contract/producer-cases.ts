import assert from "node:assert/strict";
import { CancelledError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import {
  ConnectionAbortedError,
  ConnectionDoneError,
  ProducerRegisteredError,
} from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import { connect, connected, listen, type Probe, ProbeFactory } from "./probe.ts";
import { clog, paused, PIECE, Pusher } from "./producers.ts";

/** Push producers, whenDrained(), and a transport as the producer of another. */
export const producerCases: readonly ContractCase<"tcp">[] = [
  {
    name: "producers: a push producer is paused while the peer is behind, and loses nothing",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      const pusher = new Pusher(client, 200).begin();
      await world.pass(0.03);
      assert.equal(pusher.events.at(-1), "pause");
      const { left } = pusher;
      assert.ok(left > 0);
      await world.pass(0.02);
      assert.equal(pusher.left, left);
      server.transport.resumeProducing();
      await world.until("all arrived", () => server.received.length === 200 * PIECE.length);
      assert.equal(server.received, PIECE.repeat(200));
      assert.ok(pusher.mostBuffered <= client.transport.highWaterBytes + PIECE.length);
    },
  },
  {
    name: "producers: 42: what is written inside resumeProducing may pause it again",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      const pusher = new Pusher(client, 300).begin();
      server.transport.resumeProducing();
      await world.until("it has been resumed twice", () => pusher.events.length > 3);
      assert.deepEqual(pusher.events.slice(0, 4), ["pause", "resume", "pause", "resume"]);
      assert.ok(pusher.mostBuffered <= client.transport.highWaterBytes + PIECE.length);
      await world.until("all arrived", () => server.received.length === 300 * PIECE.length);
      // Paused and resumed in turn, as it was: never twice the same.
      const [first, second] = ["pause", "resume"];
      pusher.events.forEach((event, at) => assert.equal(event, at % 2 === 0 ? first : second));
    },
  },
  {
    name: "producers: the marks can be set",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      await clog(world, client);
      client.transport.highWaterBytes = 16 * 1024 * 1024;
      const pusher = new Pusher(client, 1).begin();
      assert.deepEqual(pusher.events, []);
      client.transport.highWaterBytes = 0;
      const another = new Pusher(client, 2).begin();
      assert.deepEqual(another.events, ["pause"]);
      assert.equal(another.left, 1);
      client.transport.lowWaterBytes = 0;
      server.transport.resumeProducing();
      let buffered = -1;
      client.transport.whenDrained().addCallback(() => (buffered = client.transport.bufferedBytes));
      await world.until("it has drained", () => buffered >= 0);
      assert.equal(buffered, 0);
      await world.until("it is done", () => another.left === 0);
    },
  },
  {
    name: "producers: 41: a second one is refused, until the first has unregistered",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      const first = new Pusher(client, 1);
      client.transport.registerProducer(first, true);
      assert.throws(() => new Pusher(client, 1).begin(), ProducerRegisteredError);
      first.go();
      assert.deepEqual(first.events, []);
      new Pusher(client, 1).begin();
      await world.until("both came", () => server.received.length === 2 * PIECE.length);
    },
  },
  {
    name: "producers: 41: one that is registered when nothing can be written is stopped at once",
    needs: ["tcp"],
    async run(world) {
      for (const end of ["loseWriteConnection", "loseConnection", "abortConnection"] as const) {
        const { client } = await connected(world);
        client.transport[end]();
        const [early, late] = [new Pusher(client, 1), new Pusher(client, 1)];
        client.transport.registerProducer(early, false);
        assert.deepEqual(early.events, ["stop"]);
        await world.until("it is lost", () => client.lost);
        client.transport.registerProducer(late, true);
        assert.deepEqual(late.events, ["stop"]);
      }
    },
  },
  {
    name: "producers: 40: loseConnection() with a push producer closes, and stops it in the end",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      const pusher = new Pusher(client, 100);
      client.transport.registerProducer(pusher, true);
      client.onLost = () => pusher.events.push("connectionLost");
      client.transport.write("before");
      client.transport.loseConnection();
      assert.equal(client.transport.write("dropped"), false);
      assert.deepEqual(pusher.events, ["pause"]);
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(server.received, "before");
      assert.deepEqual(pusher.events, ["pause", "stop", "connectionLost"]);
      assert.deepEqual(server.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "producers: whoever breaks the connection, its producer is stopped, once",
    needs: ["tcp"],
    async run(world) {
      for (const breaks of ["client", "server"] as const) {
        const ends = await connected(world, paused);
        const { server, client } = ends;
        const pusher = new Pusher(client, 1000).begin();
        ends[breaks].transport.abortConnection();
        await world.until("both ends are lost", () => client.lost);
        await world.pass(0.02);
        assert.deepEqual(pusher.events, ["pause", "stop"]);
        server.transport.abortConnection();
      }
    },
  },
  {
    name: "producers: whenDrained() fires at once, or when the peer has caught up",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      const seen: string[] = [];
      let left = Infinity;
      client.transport.whenDrained().addCallback(() => seen.push("at once"));
      assert.deepEqual(seen, ["at once"]);
      await clog(world, client);
      client.transport.whenDrained().addCallback(() => {
        seen.push("first");
        // Then it is not the next one's turn yet.
        client.transport.write(PIECE.repeat(192));
      });
      const given = client.transport.whenDrained();
      given.addErrback((failure: Failure) => failure.check(CancelledError));
      client.transport.whenDrained().addCallback(() => {
        seen.push("last");
        left = client.transport.bufferedBytes;
      });
      given.cancel();
      await world.pass(0.02);
      server.transport.resumeProducing();
      assert.deepEqual(seen, ["at once"]);
      await world.until("the last was told", () => seen.includes("last"));
      assert.deepEqual(seen, ["at once", "first", "last"]);
      assert.ok(left <= client.transport.lowWaterBytes);
    },
  },
  {
    name: "producers: one who awaits whenDrained() after each write keeps the peer's pace",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      let most = 0;
      let done = false;
      const send = async (): Promise<void> => {
        for (let i = 0; i < 300; i++) {
          client.transport.write(PIECE);
          most = Math.max(most, client.transport.bufferedBytes);
          await client.transport.whenDrained();
        }
        done = true;
      };
      void send();
      await world.pass(0.05);
      assert.equal(done, false);
      server.transport.resumeProducing();
      await world.until("all arrived", () => server.received.length === 300 * PIECE.length);
      // It hears of that in a later turn, and must not be left waiting.
      await world.until("it has heard of the last piece", () => done);
      assert.ok(most <= client.transport.highWaterBytes + PIECE.length);
    },
  },
  {
    name: "producers: whenDrained() fails with the reason when the connection ends, or has ended",
    needs: ["tcp"],
    async run(world) {
      const { client } = await connected(world, paused);
      await clog(world, client);
      const seen: string[] = [];
      const wait = (what: string): void => {
        client.transport.whenDrained().addErrback((failure: Failure) => {
          seen.push(`${what}: ${failure.check(ConnectionAbortedError)?.name}`);
        });
      };
      client.onLost = () => seen.push("connectionLost");
      wait("open");
      client.transport.abortConnection();
      wait("closing");
      assert.deepEqual(seen, []);
      await world.until("it is lost", () => client.lost);
      wait("lost");
      const name = ConnectionAbortedError.name;
      assert.deepEqual(seen, [
        `open: ${name}`,
        `closing: ${name}`,
        "connectionLost",
        `lost: ${name}`,
      ]);
      const another = await connected(world);
      another.client.transport.loseConnection();
      let told = false;
      another.client.transport.whenDrained().addErrback((failure: Failure) => {
        told = failure.check(ConnectionDoneError) !== undefined;
      });
      assert.equal(told, false);
      await world.until("it was told of the end", () => told);
    },
  },
  {
    name: "producers: a transport can be the producer of another: a proxy keeps the slower's pace",
    needs: ["tcp"],
    async run(world) {
      const targets = new ProbeFactory(paused);
      const target = await listen(world, targets);
      let most = 0;
      const proxies = new ProbeFactory((inward) => {
        inward.onMade = () => {
          // Nothing is read before there is somewhere to write it.
          inward.transport.pauseProducing();
          connect(world, target.getHost().port, outward);
        };
        const outward = new ProbeFactory((out) => {
          out.onMade = () => {
            // The proxy, in two lines; the rest is to pass on the bytes.
            inward.transport.registerProducer(out.transport, true);
            out.transport.registerProducer(inward.transport, true);
            inward.transport.resumeProducing();
          };
          out.onData = (_probe, text) => inward.transport.write(text);
          inward.onData = (_probe, text) => {
            out.transport.write(text);
            most = Math.max(most, out.transport.bufferedBytes);
          };
        });
      });
      const sources = new ProbeFactory();
      connect(world, (await listen(world, proxies)).getHost().port, sources);
      await world.until("all are made", () => targets.probes.length === 1);
      const [source, end] = [sources.probes[0] as Probe, targets.probes[0] as Probe];
      const pusher = new Pusher(source, 400).begin();
      await world.pass(0.1);
      assert.equal(pusher.events.at(-1), "pause");
      assert.ok(pusher.left > 0);
      assert.ok(most <= end.transport.highWaterBytes + PIECE.length);
      end.transport.resumeProducing();
      await world.until("all arrived", () => end.received.length === 400 * PIECE.length);
      assert.ok(most <= end.transport.highWaterBytes + PIECE.length);
      end.transport.write("and back");
      end.transport.loseConnection();
      await world.until("the source was told", () => source.lost && end.lost);
      assert.equal(source.received, "and back");
      assert.deepEqual(source.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
];
