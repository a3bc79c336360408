import type { Channel } from "amqplib";
import { expect } from "chai";
import { emitted } from "../support/emitted.ts";
import { connectAMQP } from "../support/npm-clients.ts";
import { failureOf } from "../support/processes.ts";
import { PASSWORD, rabbitmq } from "./servers.ts";
import { LARGE, withServer } from "./with-server.ts";

const USER = `ada:${encodeURIComponent(PASSWORD)}@`;

/** The next so many messages of a queue. */
function messages(channel: Channel, queue: string, count: number): Promise<string[]> {
  const texts: string[] = [];
  return new Promise((resolve, reject) => {
    const consume = (message: { readonly content: Buffer } | null): void => {
      texts.push(String(message?.content));
      if (texts.length === count) resolve(texts);
    };
    channel.consume(queue, consume, { noAck: true }).then(undefined, reject);
  });
}

withServer("amqplib over the bridge, to RabbitMQ", rabbitmq, (test) => {
  test("sends to a queue, reads from it and quits", async (reactor, { port }) => {
    const connection = await connectAMQP(reactor, port, USER);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue("orders", { exclusive: true });
    const orders = Array.from({ length: 200 }, (_, number) => `tea ${number}`);
    const heard = messages(channel, "orders", orders.length);
    for (const order of orders) channel.sendToQueue("orders", Buffer.from(order));
    await channel.waitForConfirms();
    expect(await heard).to.deep.equal(orders);
    await channel.close();
    await connection.close();
  });

  test("sends a megabyte, and gets it", async (reactor, { port }) => {
    const connection = await connectAMQP(reactor, port, USER);
    const channel = await connection.createChannel();
    await channel.assertQueue("large", { exclusive: true });
    const heard = messages(channel, "large", 1);
    channel.sendToQueue("large", Buffer.from(LARGE));
    expect((await heard)[0] === LARGE).to.equal(true);
    await connection.close();
  });

  test("is refused with a wrong password", async (reactor, { port }) => {
    const error = await failureOf(connectAMQP(reactor, port, "ada:coffee@"));
    expect(String(error)).to.include("ACCESS_REFUSED");
  });

  test("gets the server's error, and goes on", async (reactor, { port }) => {
    const connection = await connectAMQP(reactor, port, USER);
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    const error = await failureOf(channel.checkQueue("nowhere"));
    expect(error).to.have.property("code", 404);
    // The error has closed its channel, and no other.
    const other = await connection.createChannel();
    expect(await other.assertQueue("", { exclusive: true })).to.have.property("messageCount", 0);
    await connection.close();
  });

  test("is told that the server was killed", async (reactor, server) => {
    const connection = await connectAMQP(reactor, server.port, USER);
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    const told = emitted<[Error]>(connection, "error");
    const closed = emitted(connection, "close");
    await server.kill();
    const [error] = await told;
    await closed;
    expect(String(error)).to.match(/Unexpected close|ECONNRESET|CONNECTION_FORCED/);
  });
});
