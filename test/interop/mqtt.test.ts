// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import { connectDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { mqttBroker } from "../support/mqtt-broker.ts";

/** What is used of it here: its own types are not for compilers that check libraries. */
interface MqttClient extends NodeJS.EventEmitter {
  subscribeAsync(topic: string): Promise<unknown>;
  publishAsync(topic: string, message: string, options: { qos: number }): Promise<unknown>;
  endAsync(): Promise<void>;
}

const { MqttClient } = createRequire(import.meta.url)("mqtt") as {
  MqttClient: new (connect: () => Duplex, options: object) => MqttClient;
};

async function open(reactor: Reactor<"tcp">, names: readonly string[]): Promise<MqttClient[]> {
  const port = await reactor.listenTCP(0, mqttBroker());
  const clients = names.map(
    (clientId) =>
      new MqttClient(() => connectDuplex(reactor, "127.0.0.1", port.getHost().port), {
        clientId,
        protocolId: "MQTT",
        protocolVersion: 4,
        keepalive: 0,
        reconnectPeriod: 0,
      }),
  );
  await Promise.all(clients.map((client) => once(client, "connect")));
  return clients;
}

describe("mqtt over the bridge", () => {
  bridged(
    "publishes to those who have subscribed",
    async (reactor) => {
      const [ann, bob] = (await open(reactor, ["ann", "bob"])) as [MqttClient, MqttClient];
      await bob.subscribeAsync("tea");
      const message = once(bob, "message");
      await ann.publishAsync("tea", "is ready", { qos: 1 });
      const [topic, text] = (await message) as [string, Buffer];
      await Promise.all([ann.endAsync(), bob.endAsync()]);
      return [`${topic} ${text.toString()}`];
    },
    ["tea is ready"],
  );
});
