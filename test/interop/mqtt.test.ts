// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import { MqttClient } from "mqtt";
import { connectDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { emitted } from "../support/emitted.ts";
import { mqttBroker } from "../support/mqtt-broker.ts";

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
  await Promise.all(clients.map((client) => emitted(client, "connect")));
  return clients;
}

describe("mqtt over the bridge", () => {
  bridged(
    "publishes to those who have subscribed",
    async (reactor) => {
      const [ann, bob] = (await open(reactor, ["ann", "bob"])) as [MqttClient, MqttClient];
      await bob.subscribeAsync("tea");
      const message = emitted(bob, "message");
      await ann.publishAsync("tea", "is ready", { qos: 1 });
      const [topic, text] = (await message) as [string, Buffer];
      await Promise.all([ann.endAsync(), bob.endAsync()]);
      return [`${topic} ${text.toString()}`];
    },
    ["tea is ready"],
  );
});
