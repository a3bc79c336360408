// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import { amqpBroker } from "../support/amqp-broker.ts";
import { connectAMQP } from "../support/npm-clients.ts";

describe("amqplib over the bridge", () => {
  bridged(
    "sends to a queue, and reads from it",
    async (reactor) => {
      const port = await reactor.listenTCP(0, amqpBroker());
      const connection = await connectAMQP(reactor, port.getHost().port);
      const channel = await connection.createChannel();
      await channel.assertQueue("orders");
      const heard = new Promise<string>((resolve) => {
        void channel.consume("orders", (message) => {
          if (message !== null) channel.ack(message);
          resolve(String(message?.content));
        });
      });
      channel.sendToQueue("orders", Buffer.from("one tea"));
      const order = await heard;
      await channel.close();
      await connection.close();
      return [order];
    },
    ["one tea"],
  );
});
