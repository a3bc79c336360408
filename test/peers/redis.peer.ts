import { expect } from "chai";
import { Redis } from "ioredis";
import type { Reactor } from "skein/reactor";
import { emitted } from "../support/emitted.ts";
import { redisConnector } from "../support/npm-clients.ts";
import { failureOf } from "../support/processes.ts";
import { redis } from "./servers.ts";
import { LARGE, withServer } from "./with-server.ts";

async function connect(reactor: Reactor<"tcp">, port: number): Promise<Redis> {
  const client = new Redis({
    Connector: redisConnector(reactor, port),
    lazyConnect: true,
    retryStrategy: () => null,
  });
  await client.connect();
  return client;
}

withServer("ioredis over the bridge, to Redis", redis, (test) => {
  test("sets, gets and quits", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    await client.set("tea", "green");
    expect([await client.get("tea"), await client.get("coffee")]).to.deep.equal(["green", null]);
    expect(await client.quit()).to.equal("OK");
  });

  test("sends many commands before the first answer", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const counts = await Promise.all(Array.from({ length: 500 }, () => client.incr("cups")));
    const pipelined = await client.pipeline().incr("cups").get("cups").exec();
    await client.quit();
    expect(counts).to.deep.equal(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(pipelined).to.deep.equal([
      [null, 501],
      [null, "501"],
    ]);
  });

  test("sets a megabyte, and gets it", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    await client.set("large", LARGE);
    expect((await client.get("large")) === LARGE).to.equal(true);
    await client.quit();
  });

  test("gets the server's error, and goes on", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    await client.set("text", "no list");
    const error = await failureOf(client.lpush("text", "tea"));
    expect(String(error)).to.include("WRONGTYPE");
    expect(await client.get("text")).to.equal("no list");
    await client.quit();
  });

  test("subscribes, and hears what another publishes", async (reactor, { port }) => {
    const [reader, writer] = [await connect(reactor, port), await connect(reactor, port)];
    await reader.subscribe("kitchen");
    const message = emitted(reader, "message");
    await writer.publish("kitchen", "tea is ready");
    expect(await message).to.deep.equal(["kitchen", "tea is ready"]);
    await Promise.all([reader.quit(), writer.quit()]);
  });

  test("is told that the server was killed", async (reactor, server) => {
    const client = await connect(reactor, server.port);
    // Whether it is a reset is the system's choice.
    client.on("error", () => {});
    const ended = emitted(client, "end");
    const unanswered = failureOf(client.blpop("nothing", 0));
    await server.kill();
    await ended;
    expect(String(await unanswered)).to.include("Connection is closed");
  });
});
