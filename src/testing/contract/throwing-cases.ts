import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import { connected, type Probe } from "./probe.ts";
import { clog } from "./producers.ts";
import type { World } from "./world.ts";

/** One who throws, and how it comes to that. */
interface Thrower {
  readonly method: string;
  /** Arranges that the server throws. */
  readonly prepare: (server: Probe, fail: () => never) => void;
  readonly provoke: (ends: { server: Probe; client: Probe }, world: World<"tcp">) => unknown;
  /** What is thrown then is no reason any more. */
  readonly afterTheEnd?: true;
}

const silent = {
  pauseProducing: (): void => {},
  resumeProducing: (): void => {},
  stopProducing: (): void => {},
};

const throwers: readonly Thrower[] = [
  {
    method: "connectionMade, after setProtocol()",
    prepare: (server, fail) => {
      server.onData = () => {
        server.onMade = fail;
        server.transport.setProtocol(server);
      };
    },
    provoke: ({ client }) => client.transport.write("!"),
  },
  {
    method: "dataReceived",
    prepare: (server, fail) => (server.onData = fail),
    provoke: ({ client }) => client.transport.write("!"),
  },
  {
    method: "readConnectionLost",
    prepare: (server, fail) => {
      server.halfCloseable();
      server.onReadLost = fail;
    },
    provoke: ({ client }) => client.transport.loseWriteConnection(),
  },
  {
    method: "writeConnectionLost",
    prepare: (server, fail) => {
      server.halfCloseable();
      server.onWriteLost = fail;
    },
    provoke: ({ server }) => server.transport.loseWriteConnection(),
  },
  {
    method: "connectionLost",
    prepare: (server, fail) => (server.onLost = fail),
    provoke: ({ client }) => client.transport.loseConnection(),
    afterTheEnd: true,
  },
  {
    method: "a producer's pauseProducing",
    prepare: (server, fail) => {
      server.onData = () => {
        server.transport.registerProducer({ ...silent, pauseProducing: fail }, true);
        server.transport.highWaterBytes = -1;
        assert.equal(server.transport.write("too much"), false);
      };
    },
    provoke: ({ client }) => client.transport.write("!"),
  },
  {
    method: "a push producer's resumeProducing",
    prepare: (server, fail) => {
      server.onData = () => {
        server.transport.registerProducer({ ...silent, resumeProducing: fail }, true);
      };
    },
    async provoke({ server, client }, world) {
      client.transport.write("!");
      await world.until("it is registered", () => server.received !== "");
      client.transport.pauseProducing();
      await clog(world, server);
      client.transport.resumeProducing();
    },
  },
  {
    method: "a pull producer's resumeProducing",
    prepare: (server, fail) => {
      server.onData = () => {
        server.transport.registerProducer({ ...silent, resumeProducing: fail }, false);
      };
    },
    provoke: ({ client }) => client.transport.write("!"),
  },
  {
    method: "a producer's stopProducing",
    prepare: (server, fail) => {
      server.onData = () => {
        server.transport.registerProducer({ ...silent, stopProducing: fail }, true);
        server.transport.loseConnection();
      };
    },
    provoke: ({ client }) => client.transport.write("!"),
    afterTheEnd: true,
  },
];

/** A protocol, or a producer, that throws in each of its methods. */
export const throwingCases: readonly ContractCase<"tcp">[] = throwers.map(
  ({ method, prepare, provoke, afterTheEnd }) => ({
    name: `throwing: in ${method}: it is reported, and ends that connection only`,
    needs: ["tcp"],
    async run(world) {
      const error = new Error(`thrown in ${method}`);
      const bystander = await connected(world);
      const ends = await connected(world, (probe) => {
        prepare(probe, () => {
          throw error;
        });
      });
      await provoke(ends, world);
      const { server, client } = ends;
      await world.until("both ends are lost", () => server.lost && client.lost);
      assert.deepEqual(world.errors.splice(0), [error]);
      assert.equal(server.reason?.value === error, afterTheEnd !== true);
      assert.equal(server.life.filter((event) => event.startsWith("lost")).length, 1);
      // What the peer is told may depend on which came first.
      client.life.length = 0;
      bystander.client.transport.write("undisturbed");
      await world.until("the other one hears", () => bystander.server.received === "undisturbed");
    },
  }),
);
