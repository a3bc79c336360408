/** Clients of npm's that need more than an option to take a socket of the reactor's. */
import net from "node:net";
import amqp, { type ChannelModel } from "amqplib";
import type { RedisOptions } from "ioredis";
import { connectDuplex, ReactorSocket } from "skein/interop";
import type { Reactor } from "skein/reactor";

/** For ioredis: its way to connect. */
export function redisConnector(
  reactor: Reactor<"tcp">,
  port: number,
): NonNullable<RedisOptions["Connector"]> {
  class Connector {
    #socket: ReactorSocket | undefined = undefined;

    connect(): Promise<ReactorSocket> {
      this.#socket = connectDuplex(reactor, "127.0.0.1", port);
      return Promise.resolve(this.#socket);
    }
    check(): boolean {
      return true;
    }
    disconnect(): void {
      this.#socket?.end();
    }
  }
  return Connector as never;
}

/** amqplib calls net.connect(), once, from inside its own connect(). */
export function connectAMQP(
  reactor: Reactor<"tcp">,
  port: number,
  user = "",
): PromiseLike<ChannelModel> {
  const real = net.connect;
  const connectHere = (to: net.TcpNetConnectOpts, done: () => void): ReactorSocket => {
    // On libuv the reactor needs it.
    net.connect = real;
    return new ReactorSocket(reactor).connect(to, done);
  };
  net.connect = connectHere as never;
  return amqp.connect(`amqp://${user}127.0.0.1:${port}`);
}
