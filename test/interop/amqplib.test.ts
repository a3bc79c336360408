// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import amqp, { type ChannelModel } from "amqplib";
import net from "node:net";
import { ReactorSocket } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { amqpBroker } from "../support/amqp-broker.ts";

/** amqplib calls net.connect(), once, from inside its own connect(). */
function connect(reactor: Reactor<"tcp">, url: string): PromiseLike<ChannelModel> {
  const real = net.connect;
  const connectHere = (to: net.TcpNetConnectOpts, done: () => void): ReactorSocket => {
    // On libuv the reactor needs it.
    net.connect = real;
    return new ReactorSocket(reactor).connect(to, done);
  };
  net.connect = connectHere as never;
  return amqp.connect(url);
}

describe("amqplib over the bridge", () => {
  bridged(
    "sends to a queue, and reads from it",
    async (reactor) => {
      const port = await reactor.listenTCP(0, amqpBroker());
      const connection = await connect(reactor, `amqp://127.0.0.1:${port.getHost().port}`);
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
