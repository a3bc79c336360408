/** As much of an MQTT broker as a client needs to think that it is one; it knows no wildcards. */
import mqttPacket, { type Packet } from "mqtt-packet";
import { Factory, Protocol } from "skein/protocols";

export function mqttBroker(): Factory {
  const subscribers = new Map<string, Set<Client>>();

  class Client extends Protocol {
    readonly #parser = mqttPacket.parser();

    override connectionMade(): void {
      this.#parser.on("packet", (packet: Packet) => this.#received(packet));
    }

    override dataReceived(data: Uint8Array): void {
      this.#parser.parse(Buffer.from(data));
    }

    override connectionLost(): void {
      for (const clients of subscribers.values()) clients.delete(this);
    }

    #received(packet: Packet): void {
      switch (packet.cmd) {
        case "connect":
          this.#send({ cmd: "connack", returnCode: 0, sessionPresent: false });
          break;
        case "subscribe":
          for (const { topic } of packet.subscriptions) {
            const clients = subscribers.get(topic) ?? new Set();
            subscribers.set(topic, clients.add(this));
          }
          this.#send({
            cmd: "suback",
            messageId: packet.messageId as number,
            granted: packet.subscriptions.map(() => 0),
          });
          break;
        case "publish":
          if (packet.qos === 1)
            this.#send({ cmd: "puback", messageId: packet.messageId as number });
          for (const client of subscribers.get(packet.topic) ?? []) {
            client.#send({ ...packet, qos: 0, dup: false });
          }
          break;
        case "disconnect":
          this.transport.loseConnection();
          break;
        default:
      }
    }

    #send(packet: Packet): void {
      this.transport.write(mqttPacket.generate(packet));
    }
  }

  return Factory.forProtocol(Client);
}
