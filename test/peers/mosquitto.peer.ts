import { expect } from "chai";
import { MqttClient } from "mqtt";
import { connectDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { emitted } from "../support/emitted.ts";
import { mosquitto, PASSWORD } from "./servers.ts";
import { LARGE, withServer } from "./with-server.ts";

function newClient(reactor: Reactor<"tcp">, port: number, password = PASSWORD): MqttClient {
  return new MqttClient(() => connectDuplex(reactor, "127.0.0.1", port), {
    username: "ada",
    password,
    protocolId: "MQTT",
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
}

async function connect(reactor: Reactor<"tcp">, port: number): Promise<MqttClient> {
  const client = newClient(reactor, port);
  await emitted(client, "connect");
  return client;
}

/** The next so many messages. */
function messages(client: MqttClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  return new Promise((resolve) => {
    client.on("message", (_topic, text) => {
      texts.push(text.toString());
      if (texts.length === count) resolve(texts);
    });
  });
}

withServer("mqtt over the bridge, to Mosquitto", mosquitto, (test) => {
  test("publishes to those who have subscribed, and quits", async (reactor, { port }) => {
    const [ann, bob] = [await connect(reactor, port), await connect(reactor, port)];
    await bob.subscribeAsync("tea/+", { qos: 2 });
    const heard = messages(bob, 1);
    await ann.publishAsync("tea/green", "is ready", { qos: 2 });
    expect(await heard).to.deep.equal(["is ready"]);
    await Promise.all([ann.endAsync(), bob.endAsync()]);
  });

  test("publishes many before the first is acknowledged", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    await client.subscribeAsync("cups", { qos: 1 });
    const cups = Array.from({ length: 100 }, (_, number) => String(number));
    const heard = messages(client, cups.length);
    await Promise.all(cups.map((cup) => client.publishAsync("cups", cup, { qos: 1 })));
    expect(await heard).to.deep.equal(cups);
    await client.endAsync();
  });

  test("publishes a megabyte, and gets it", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    await client.subscribeAsync("large");
    const heard = messages(client, 1);
    await client.publishAsync("large", LARGE, { qos: 1 });
    expect((await heard)[0] === LARGE).to.equal(true);
    await client.endAsync();
  });

  test("is refused with a wrong password", async (reactor, { port }) => {
    const client = newClient(reactor, port, "coffee");
    const [error] = await emitted<[Error]>(client, "error");
    expect(error).to.include({ code: 5, message: "Connection refused: Not authorized" });
    await client.endAsync(true);
  });

  test("is told that the server was killed", async (reactor, server) => {
    const client = await connect(reactor, server.port);
    client.on("error", () => {});
    await client.subscribeAsync("tea");
    const closed = emitted(client, "close");
    await server.kill();
    await closed;
    expect(client.connected).to.equal(false);
    await client.endAsync(true);
  });
});
