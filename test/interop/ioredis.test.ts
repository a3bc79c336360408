import { once } from "node:events";
import { Redis, type RedisOptions } from "ioredis";
import { connectDuplex, type ReactorSocket } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { bridged } from "../support/bridged.ts";
import { respServer } from "../support/resp-server.ts";

/** A client's way to connect. */
function connectorOver(reactor: Reactor<"tcp">, port: number): RedisOptions["Connector"] {
  class Connector {
    #socket: ReactorSocket | undefined = undefined;

    connect(): Promise<ReactorSocket> {
      this.#socket = connectDuplex(reactor, "127.0.0.1", port);
      return Promise.resolve(this.#socket);
    }
    check(): boolean {
      return true;
    }
    disconnect(): void {
      this.#socket?.end();
    }
  }
  return Connector as never;
}

async function open(reactor: Reactor<"tcp">): Promise<Redis> {
  const port = await reactor.listenTCP(0, respServer());
  return new Redis({
    Connector: connectorOver(reactor, port.getHost().port),
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
}

describe("ioredis over the bridge", () => {
  bridged(
    "sets and gets",
    async (reactor) => {
      const redis = await open(reactor);
      await redis.set("tea", "green");
      const seen = [String(await redis.get("tea")), String(await redis.get("coffee"))];
      await redis.quit();
      return seen;
    },
    ["green", "null"],
  );

  bridged(
    "sends a pipeline",
    async (reactor) => {
      const redis = await open(reactor);
      const answers = await redis.pipeline().incr("cups").incr("cups").get("cups").exec();
      const ended = once(redis, "end");
      redis.disconnect();
      await ended;
      return (answers ?? []).map(([error, value]) => `${error?.message ?? "ok"} ${String(value)}`);
    },
    ["ok 1", "ok 2", "ok 2"],
  );
});
