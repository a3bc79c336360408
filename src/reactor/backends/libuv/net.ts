/** Listening and dialling with node:net. */
import net from "node:net";
import { Deferred } from "../../../defer/deferred.ts";
import {
  CannotListenError,
  ConnectError,
  ConnectionRefusedError,
  UnknownHostError,
} from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type { DialRequest, Listener, ListenRequest, StreamDriver } from "../../tcp.ts";
import { SocketConnection } from "./socket-connection.ts";

type ReportError = (error: unknown, doing: string) => void;

export class NetDriver implements StreamDriver {
  readonly #report: ReportError;

  constructor(report: ReportError) {
    this.#report = report;
  }

  listen(
    { host, port, backlog }: ListenRequest,
    accept: (connection: StreamConnection) => void,
  ): Deferred<Listener> {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const listening = new Deferred<Listener>(() => server.close());
    server.on("error", (error: NodeJS.ErrnoException) => {
      // An error after the start (a failing accept) leaves the port listening.
      if (listening.called) this.#report(error, `accepting on port ${port}`);
      else listening.errback(cannotListen(error, host, port));
    });
    server.on("connection", (socket) => {
      // A peer may have gone before it was accepted.
      if (socket.remoteAddress === undefined) socket.destroy();
      else accept(new SocketConnection(socket, this.#report));
    });
    server.listen({ port, host, backlog }, () => {
      const address = server.address();
      if (listening.called || address === null || typeof address === "string") return;
      listening.callback({
        address: { type: "TCP", host: address.address, port: address.port },
        close: () => closeServer(server),
      });
    });
    return listening;
  }

  dial({ host, port, bindAddress }: DialRequest): Deferred<StreamConnection> {
    const socket = net.connect({
      host,
      port,
      allowHalfOpen: true,
      ...(bindAddress !== undefined && { localAddress: bindAddress }),
    });
    const dialled = new Deferred<StreamConnection>(() => socket.destroy());
    const failed = (error: NodeJS.ErrnoException): void => {
      if (!dialled.called) dialled.errback(connectError(error, host, port));
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      socket.pause();
      dialled.callback(new SocketConnection(socket, this.#report));
    });
    return dialled;
  }
}

function closeServer(server: net.Server): Deferred<void> {
  // The address is free as soon as close() returns; its own callback waits for the connections.
  server.close();
  const closed = new Deferred<void>();
  setImmediate(() => closed.callback());
  return closed;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): CannotListenError {
  const advice: Record<string, string> = {
    EADDRINUSE: "another program listens there; stop it, or choose another port",
    EACCES: "no permission; ports below 1024 need privileges",
    EADDRNOTAVAIL: "this machine does not have that address",
    ENOTFOUND: "no such host name",
  };
  const code = error.code ?? error.message;
  return new CannotListenError(
    `cannot listen on ${host}:${port}: ${advice[code] ?? error.message}`,
    code,
    { cause: error },
  );
}

function connectError(error: NodeJS.ErrnoException, host: string, port: number): ConnectError {
  const options = { cause: error };
  switch (error.code) {
    case "ECONNREFUSED":
      return new ConnectionRefusedError(`nobody listens on ${host}:${port}`, options);
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UnknownHostError(`no address is known for the host "${host}"`, options);
    default:
      return new ConnectError(`cannot connect to ${host}:${port}: ${error.message}`, options);
  }
}
