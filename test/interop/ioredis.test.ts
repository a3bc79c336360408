import { once } from "node:events";
import { Redis } from "ioredis";
import type { Reactor } from "skein/reactor";
import { bridged } from "../support/bridged.ts";
import { redisConnector } from "../support/npm-clients.ts";
import { respServer } from "../support/resp-server.ts";

async function open(reactor: Reactor<"tcp">): Promise<Redis> {
  const port = await reactor.listenTCP(0, respServer(reactor));
  return new Redis({
    Connector: redisConnector(reactor, port.getHost().port),
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
