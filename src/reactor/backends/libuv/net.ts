/** Listening and dialling with node:net. */
import cluster from "node:cluster";
import net from "node:net";
import { Deferred } from "../../../defer/deferred.ts";
import {
  CannotListenError,
  ConnectError,
  ConnectionRefusedError,
  UnknownHostError,
} from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type {
  AddressFamily,
  AdoptRequest,
  DialRequest,
  Listener,
  ListenRequest,
  StreamDriver,
  StreamKind,
  TCPListenRequest,
  UNIXListenRequest,
} from "../../stream-driver.ts";
import type { StreamAddress, UNIXAddress } from "../../transport.ts";
import { quoteUNIXName, textOf } from "../../unix-name.ts";
import { NO_DESCRIPTOR, NO_PERMISSION_FOR_PORT } from "./advice.ts";
import { NodeTLS } from "./node-tls.ts";
import { shareSocketFile } from "./shared-socket-file.ts";
import { makeSocket, shareReads } from "./shared-reads.ts";
import { addressOf, type KnownEnds, SocketConnection } from "./socket-connection.ts";
import { type SocketFile, SocketFileError, takeSocketFile } from "./socket-file.ts";

type ReportError = (error: unknown, doing: string) => void;
type Accept = (connection: StreamConnection) => void;

/** What is in the way of connecting, by the system's codes. */
const CONNECT_ADVICE: Readonly<Record<string, string>> = {
  EACCES: "no permission; a firewall forbids it, or it is everybody's address",
  EADDRINUSE: "the address of this side is in use",
  EADDRNOTAVAIL: "this machine does not have the bindAddress, or has no port left",
  ECONNRESET: "it was reset at once; the peer does not want it",
  EHOSTUNREACH: "that host cannot be reached; check the address and the network",
  EINVAL: "the bindAddress is of another family; link-local ones need an interface (fe80::1%eth0)",
  ...NO_DESCRIPTOR,
  ENETUNREACH: "no route leads there; check the address and the network",
  ETIMEDOUT: "nobody answers; check the address, and what is on the way",
};

/** What is in the way of listening, by the system's codes. */
const LISTEN_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there; stop it, or choose another address",
  EACCES: NO_PERMISSION_FOR_PORT,
  EADDRNOTAVAIL: "this machine does not have that address",
  ENOTFOUND: "no such host name",
  ENOENT: "its directory does not exist",
  ...NO_DESCRIPTOR,
  EINVAL: "it is not an address to listen on; link-local ones need an interface (fe80::1%eth0)",
  EBADF: "it is not an open descriptor",
};

export class NetDriver implements StreamDriver<StreamKind> {
  readonly tls: NodeTLS = new NodeTLS();
  readonly #report: ReportError;

  constructor(report: ReportError) {
    this.#report = report;
  }

  listen(request: ListenRequest, accept: Accept): Deferred<Listener> {
    switch (request.kind) {
      case "tcp":
        return this.#listenTCP(request, accept);
      case "unix":
        return this.#listenUNIX(request, accept);
      case "adopted":
        return this.#adopt(request, accept);
    }
  }

  dial(request: DialRequest): Deferred<StreamConnection> {
    const ends = request.kind === "tcp" ? {} : { host: unix(""), peer: unix(request.name) };
    const socket = makeSocket().connect(connectOptions(request));
    const dialled = new Deferred<StreamConnection>(() => socket.destroy());
    const failed = (error: NodeJS.ErrnoException): void => {
      if (!dialled.called) dialled.errback(connectError(error, request));
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      socket.pause();
      dialled.callback(new SocketConnection(socket, this.#report, ends));
    });
    return dialled;
  }

  #listenTCP({ host, port, backlog }: TCPListenRequest, accept: Accept): Deferred<Listener> {
    const where = textOf({ host, port });
    let known: KnownEnds = {};
    const server = this.#server(accept, () => known);
    server.on("listening", () => {
      known = knownEnds(server);
    });
    server.listen({ port, host, backlog });
    return this.#whenListening(server, where, () => ({
      address: tcpAddress(server),
      close: () => closeServer(server),
    }));
  }

  #listenUNIX({ name, mode, backlog }: UNIXListenRequest, accept: Accept): Deferred<Listener> {
    const where = quoteUNIXName(name);
    const ends = { host: unix(name), peer: unix("") };
    const server = this.#server(accept, () => ends);
    if (name.startsWith("\0")) {
      server.listen({ path: name, backlog, exclusive: !cluster.isWorker });
      return this.#whenListening(server, where, () => ({
        address: unix(name),
        close: () => closeServer(server),
      }));
    }
    let file: SocketFile | undefined;
    let givenUp = false;
    const listening = new Deferred<Listener>(() => {
      givenUp = true;
    });
    const take = cluster.isWorker ? shareSocketFile : takeSocketFile;
    take(server, name, mode, backlog).then(
      (taken) => {
        file = taken;
        server.on("error", (error) => this.#report(error, `accepting on ${where}`));
        const close = (): Deferred<void> => {
          try {
            file?.remove();
          } catch (error) {
            this.#report(error, `removing ${where}`);
          }
          return closeServer(server);
        };
        if (givenUp) close();
        else listening.callback({ address: unix(name), close });
      },
      (error: unknown) => {
        server.close();
        if (!givenUp) listening.errback(cannotListen(error as NodeJS.ErrnoException, where));
      },
    );
    return listening;
  }

  #adopt({ descriptor, family }: AdoptRequest, accept: Accept): Deferred<Listener> {
    const where = `descriptor ${descriptor}`;
    let known: KnownEnds = {};
    const server = this.#server(accept, () => known);
    // In a cluster too it is this process' own, and not one of the first process' of that number.
    server.listen({ fd: descriptor, exclusive: true });
    return this.#whenListening(server, where, () => {
      const bound = server.address();
      const found: AddressFamily =
        typeof bound === "object" && bound !== null
          ? bound.family === "IPv6"
            ? "INET6"
            : "INET"
          : "UNIX";
      if (found !== family) {
        server.close();
        throw new CannotListenError(
          `cannot listen on ${where}: it is a socket of the family ${found}, not ${family}`,
          "EAFNOSUPPORT",
        );
      }
      // Node cannot tell the name of an adopted UNIX socket.
      known = found === "UNIX" ? { host: unix(""), peer: unix("") } : knownEnds(server);
      const address = known.host ?? tcpAddress(server);
      return { address, close: () => closeServer(server) };
    });
  }

  #server(accept: Accept, ends: () => KnownEnds): net.Server {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.on("listening", () => shareReads(server));
    server.on("connection", (socket) => {
      const known = ends();
      // A peer may have gone before it was accepted.
      if (known.peer === undefined && socket.remoteAddress === undefined) socket.destroy();
      else accept(new SocketConnection(socket, this.#report, known));
    });
    return server;
  }

  #whenListening(server: net.Server, where: string, opened: () => Listener): Deferred<Listener> {
    const listening = new Deferred<Listener>(() => server.close());
    server.on("error", (error: NodeJS.ErrnoException) => {
      // An error after the start (a failing accept) leaves the port listening.
      if (listening.called) this.#report(error, `accepting on ${where}`);
      else listening.errback(cannotListen(error, where));
    });
    server.on("listening", () => {
      if (listening.called) return;
      try {
        listening.callback(opened());
      } catch (error) {
        listening.errback(error);
      }
    });
    return listening;
  }
}

function unix(name: string): UNIXAddress {
  return { type: "UNIX", name };
}

function tcpAddress(server: net.Server): StreamAddress {
  const { address, port } = server.address() as net.AddressInfo;
  return { type: "TCP", host: address, port };
}

/**
 * All connections of a port on one address have it for their host, so that they need not ask for
 * it, and share it: 130 bytes less for each.
 */
function knownEnds(server: net.Server): KnownEnds {
  const bound = server.address() as net.AddressInfo;
  const host = addressOf(bound.address, bound.port);
  return host.host === "0.0.0.0" || host.host === "::" ? {} : { host };
}

function connectOptions(request: DialRequest): net.NetConnectOpts {
  if (request.kind === "unix") return { path: request.name };
  const { host, port, bindAddress } = request;
  return { host, port, ...(bindAddress !== undefined && { localAddress: bindAddress }) };
}

function closeServer(server: net.Server): Deferred<void> {
  // The address is free as soon as close() returns; its own callback waits for the connections.
  server.close();
  const closed = new Deferred<void>();
  setImmediate(() => closed.callback());
  return closed;
}

function cannotListen(error: NodeJS.ErrnoException, where: string): CannotListenError {
  const code = error.code ?? error.message;
  const adopted = where.startsWith("descriptor") && code === "EINVAL";
  const advice = adopted ? "it is not a descriptor that listens" : LISTEN_ADVICE[code];
  const why = error instanceof SocketFileError ? error.message : advice;
  return new CannotListenError(`cannot listen on ${where}: ${why ?? error.message}`, code, {
    cause: error,
  });
}

function connectError(error: NodeJS.ErrnoException, request: DialRequest): ConnectError {
  const options = { cause: error };
  const where = request.kind === "tcp" ? textOf(request) : quoteUNIXName(request.name);
  const { code = "" } = error;
  if (code === "ECONNREFUSED") {
    return new ConnectionRefusedError(`nobody listens on ${where}`, options);
  }
  if (code === "ENOENT") {
    return new ConnectionRefusedError(`nobody listens on ${where}: no such file`, options);
  }
  if (request.kind === "tcp" && code === "EAI_AGAIN") {
    const why = "it cannot be looked up at present; check the network, or try again";
    return new UnknownHostError(`no address is known for "${request.host}": ${why}`, options);
  }
  if (request.kind === "tcp" && code === "ENOTFOUND") {
    return new UnknownHostError(`no address is known for the host "${request.host}"`, options);
  }
  const advice = CONNECT_ADVICE[code];
  const denied = request.kind === "unix" && code === "EACCES";
  const why = denied ? "its mode does not permit it" : advice && `${advice} (${code})`;
  return new ConnectError(`cannot connect to ${where}: ${why ?? error.message}`, options);
}
