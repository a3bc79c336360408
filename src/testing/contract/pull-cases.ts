import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import { connected } from "./probe.ts";
import { paused, PIECE, Pulled } from "./producers.ts";

/** Pull producers: asked for more whenever what they wrote has gone. */
export const pullCases: readonly ContractCase<"tcp">[] = [
  {
    name: "producers: 41: a pull producer is asked at registration, then for piece after piece",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      const pulled = new Pulled(client, 200).begin();
      assert.deepEqual(pulled.events, ["resume"]);
      await world.until("all arrived", () => server.received.length === 200 * PIECE.length);
      assert.equal(server.received, PIECE.repeat(200));
      assert.deepEqual(
        pulled.events,
        Array.from({ length: 200 }, () => "resume"),
      );
      assert.ok(pulled.mostBuffered <= client.transport.lowWaterBytes + PIECE.length);
    },
  },
  {
    name: "producers: 41: a pull producer is never paused, only asked no more while bytes wait",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      const pulled = new Pulled(client, 1000).begin();
      client.transport.highWaterBytes = 0;
      let before = -1;
      await world.until("it is asked no more", () => {
        const same = pulled.left === before;
        before = pulled.left;
        return same && client.transport.bufferedBytes > 0;
      });
      assert.ok(pulled.left > 0);
      assert.ok(pulled.events.every((event) => event === "resume"));
      // It reads no further than it must.
      server.onData = () => {
        const written = (1000 - before) * PIECE.length;
        if (server.received.length > written) server.transport.pauseProducing();
      };
      server.transport.resumeProducing();
      await world.until("it was asked again", () => pulled.left < before);
      server.transport.abortConnection();
      await world.until("it is lost", () => client.lost);
      assert.equal(pulled.events.at(-1), "stop");
    },
  },
  {
    name: "producers: a pull producer that never ends leaves everybody else their turns",
    needs: ["tcp"],
    async run(world) {
      const { client } = await connected(world);
      let asked = 0;
      const endless = {
        resumeProducing: () => {
          asked++;
          client.transport.write("x");
        },
        stopProducing: () => {},
      };
      client.transport.registerProducer(endless, false);
      let turns = 0;
      const again = (): void => {
        if (++turns < 100) world.reactor.callLater(0, again);
        else client.transport.unregisterProducer();
      };
      again();
      await world.until("a hundred turns were made", () => turns === 100);
      assert.ok(asked > 0);
    },
  },
  {
    name: "producers: a pull producer may write nothing when asked, and some later",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      let asked = 0;
      const slow = {
        resumeProducing: () => {
          if (++asked > 5) client.transport.unregisterProducer();
          else world.reactor.callLater(0.002, () => client.transport.write(`${asked};`));
        },
        stopProducing: () => {},
      };
      client.transport.registerProducer(slow, false);
      await world.until("all arrived", () => server.received === "1;2;3;4;5;");
      await world.until("it was asked once more", () => asked === 6);
    },
  },
  {
    name: "producers: 40: loseConnection() waits until a pull producer has unregistered",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world);
      const pulled = new Pulled(client, 100).begin();
      client.transport.loseConnection();
      assert.equal(client.transport.connected, false);
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(server.received, PIECE.repeat(100));
      assert.ok(!pulled.events.includes("stop"));
      assert.deepEqual(client.life, ["made", "lost ConnectionDoneError"]);
      assert.deepEqual(server.life, ["made", "data", "lost ConnectionDoneError"]);
    },
  },
  {
    name: "producers: loseWriteConnection() waits until a pull producer has unregistered",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, (probe) => {
        probe.halfCloseable();
        probe.onReadLost = () => {
          probe.transport.write("got it all");
          probe.transport.loseConnection();
        };
      });
      new Pulled(client, 100).begin();
      client.transport.loseWriteConnection();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(server.received, PIECE.repeat(100));
      assert.equal(client.received, "got it all");
    },
  },
];
