import { expect } from "chai";
import {
  ClientFactory,
  deferLater,
  RedisClient,
  type RedisReplyError,
  type RespValue,
} from "skein";
import type { Reactor } from "skein/reactor";
import { failureOf } from "../support/processes.ts";
import { redis } from "./servers.ts";
import { LARGE, withServer } from "./with-server.ts";

const connect = async (reactor: Reactor<"tcp">, port: number): Promise<RedisClient> =>
  RedisClient.connect(reactor, port);

withServer("skein's client of Redis, to Redis", redis, (test) => {
  test("sets and gets, also a megabyte, and bytes that are no text", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    expect(await client.execute("SET", "tea", "green")).to.equal("OK");
    expect(await client.execute("GET", "tea")).to.equal("green");
    expect(await client.execute("GET", "coffee")).to.equal(null);
    await client.execute("SET", "large", LARGE);
    expect((await client.execute("GET", "large")) === LARGE).to.equal(true);
    const raw = await RedisClient.connect(reactor, port, "127.0.0.1", { bulk: "bytes" });
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await raw.execute("SET", bytes, bytes);
    expect(await raw.execute("GET", bytes)).to.deep.equal(bytes);
    client.transport.loseConnection();
    raw.transport.loseConnection();
  });

  test("sends many commands before the first reply", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const commands = Array.from({ length: 5000 }, () => ["INCR", "cups"]);
    const replies = await client.executeAll([...commands, ["LPUSH", "cups", "x"]]);
    expect(replies.slice(0, -1)).to.deep.equal(commands.map((_, i) => i + 1));
    expect((replies.at(-1) as RedisReplyError).kind).to.equal("WRONGTYPE");
    client.transport.loseConnection();
  });

  test("speaks RESP3", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const greeting = (await client.execute("HELLO", 3)) as Map<string, RespValue>;
    expect(greeting.get("proto")).to.equal(3);
    await client.execute("HSET", "pot", "tea", "green");
    expect(await client.execute("HGETALL", "pot")).to.deep.equal(new Map([["tea", "green"]]));
    await client.execute("SADD", "cups", "big").addErrback(() => {});
    await client.execute("ZADD", "scores", "1.5", "tea");
    expect(await client.execute("ZSCORE", "scores", "tea")).to.equal(1.5);
    expect(await client.execute("GET", "nothing")).to.equal(null);
    client.transport.loseConnection();
  });

  for (const version of [2, 3]) {
    test(`hears what is published, in RESP${version}`, async (reactor, { port }) => {
      const heard: unknown[] = [];
      class Listener extends RedisClient {
        override messageReceived(channel: string, message: RespValue, pattern?: string): void {
          heard.push([channel, message, pattern]);
        }
      }
      const listener = new Listener();
      reactor.connectTCP(
        "127.0.0.1",
        port,
        ClientFactory.from(() => listener),
      );
      const client = await connect(reactor, port);
      await deferLater(reactor, 0.2);
      if (version === 3) await listener.execute("HELLO", 3);
      await listener.subscribe("kitchen");
      await listener.psubscribe("k*");
      expect(await client.execute("PUBLISH", "kitchen", "ready")).to.equal(2);
      await listener.execute("PING");
      await listener.punsubscribe("k*");
      await listener.unsubscribe("kitchen");
      expect(await client.execute("PUBLISH", "kitchen", "gone")).to.equal(0);
      expect(heard).to.deep.equal([
        ["kitchen", "ready", undefined],
        ["kitchen", "ready", "k*"],
      ]);
      client.transport.loseConnection();
      listener.transport.loseConnection();
    });
  }

  test("fails what waits when the server is killed", async (reactor, server) => {
    const client = await connect(reactor, server.port);
    const unanswered = failureOf(client.execute("BLPOP", "nothing", 0));
    await deferLater(reactor, 0.1);
    await server.kill();
    expect(((await unanswered) as Error).name).to.match(/^Connection(?:Done|Lost)Error$/);
  });
});
