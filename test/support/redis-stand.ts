/** A Redis for the chat's history: the real one, or the small one on a reactor. */
import { Redis } from "ioredis";
import type { ListeningPort, Reactor, RedisServer } from "skein";
import { redis } from "../peers/servers.ts";
import { redisConnector } from "./npm-clients.ts";
import { RespStore, respServer } from "./resp-server.ts";

export interface RedisStand {
  readonly port: number;
  /** Ends it, and its connections. */
  kill(): Promise<void>;
  /** After {@link kill}: with what it had. */
  restart(): Promise<void>;
  /** Removes it, when the reactor has stopped. */
  stop(): Promise<void>;
}

/** In real time it is the real one, where that is installed; CI has it. */
export function openRedis(reactor: Reactor<"tcp">): Promise<RedisStand> {
  const simulated = "advance" in reactor;
  if (!simulated && (redis.found || process.env.CI)) return redis.start();
  return smallRedis(reactor);
}

async function smallRedis(reactor: Reactor<"tcp">): Promise<RedisStand> {
  const store = new RespStore();
  let server: RedisServer;
  const listen = (number: number): PromiseLike<ListeningPort> => {
    server = respServer(reactor, store);
    return reactor.listenTCP(number, server);
  };
  let listening = await listen(0);
  const { port } = listening.getHost();
  const kill = async (): Promise<void> => {
    await listening.stopListening();
    for (const client of server.connections) client.transport.abortConnection();
  };
  const restart = async (): Promise<void> => {
    listening = await listen(port);
  };
  // Its port has ended with the reactor.
  return { port, kill, restart, stop: async () => {} };
}

/** What the chat has saved, as somebody else sees it. */
export async function savedLines(reactor: Reactor<"tcp">, port: number): Promise<string[]> {
  const client = new Redis({
    Connector: redisConnector(reactor, port),
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  const lines = await client.zrange("chat:lines", 0, "-1");
  await client.quit();
  return lines;
}
