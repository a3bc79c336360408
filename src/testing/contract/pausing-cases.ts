import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import { connected } from "./probe.ts";
import { paused } from "./producers.ts";

/** pauseProducing() and resumeProducing(), in any order. */
export const pausingCases: readonly ContractCase<"tcp">[] = [
  {
    name: "pausing: whatever is asked for last counts, also when both are in one turn",
    needs: ["tcp"],
    async run(world) {
      const { server, client } = await connected(world, paused);
      client.transport.write("hello");
      await world.pass(0.02);
      for (let round = 0; round < 3; round++) {
        server.transport.resumeProducing();
        server.transport.pauseProducing();
        await world.pass(0.01);
        assert.deepEqual(server.life, ["made"]);
      }
      server.transport.resumeProducing();
      server.transport.pauseProducing();
      server.transport.resumeProducing();
      await world.until("it arrived", () => server.received === "hello");
      server.transport.pauseProducing();
      server.transport.resumeProducing();
      server.transport.pauseProducing();
      client.transport.write(", and the end");
      client.transport.loseConnection();
      await world.pass(0.02);
      assert.deepEqual(server.life, ["made", "data"]);
      server.transport.resumeProducing();
      await world.until("both ends are lost", () => client.lost && server.lost);
      assert.equal(server.received, "hello, and the end");
    },
  },
];
