/** Datagrams with node:dgram. */
import dgram from "node:dgram";
import { isIPv4, unmapped } from "../../../core/ip-address.ts";
import { Deferred } from "../../../defer/deferred.ts";
import type { DatagramDestination, UDPAddress } from "../../datagrams.ts";
import { CannotListenError } from "../../errors.ts";
import type { BindRequest, DatagramDriver, DatagramEvents, DatagramSocket } from "../../udp.ts";
import { NO_DESCRIPTOR, NO_PERMISSION_FOR_PORT } from "./advice.ts";

export class DgramDriver implements DatagramDriver {
  bind({ host, port, shared }: BindRequest): Deferred<DatagramSocket> {
    const socket = dgram.createSocket({
      type: isIPv4(host) ? "udp4" : "udp6",
      reuseAddr: shared,
      lookup: asItIs,
    });
    const bound = new Deferred<DatagramSocket>(() => socket.close());
    const failed = (error: NodeJS.ErrnoException): void => {
      if (bound.called) return;
      socket.close();
      bound.errback(cannotListen(error, host, port));
    };
    socket.once("error", failed);
    // As nothing is looked up, the socket would be bound, and say so, inside this call.
    setImmediate(() => {
      if (bound.called) return;
      socket.bind({ port, address: host }, () => {
        socket.off("error", failed);
        if (!bound.called) bound.callback(new BoundSocket(socket));
      });
    });
    return bound;
  }
}

class BoundSocket implements DatagramSocket {
  readonly #socket: dgram.Socket;
  /** Whether it is of IPv6: IPv4 addresses then have to be written as such. */
  readonly #ipv6: boolean;
  #events: DatagramEvents | undefined = undefined;
  #connected = false;
  /** Sends that the system has not answered for. */
  #sending = 0;
  /** What they hold: of use where the socket itself cannot tell (Deno). */
  #sendingBytes = 0;
  #closing: Deferred<void> | undefined = undefined;
  #closed = false;

  constructor(socket: dgram.Socket) {
    this.#socket = socket;
    this.#ipv6 = socket.address().family === "IPv6";
    socket.on("error", (error) => this.#failed(error, "receiving datagrams"));
  }

  get address(): UDPAddress {
    return addressOf(this.#socket.address());
  }

  get bufferedBytes(): number {
    return this.#closed ? 0 : (this.#socket.getSendQueueSize?.() ?? this.#sendingBytes);
  }

  start(events: DatagramEvents): void {
    this.#events = events;
    this.#socket.on("message", (data, from) => events.received(data, addressOf(from)));
  }

  send(bytes: Uint8Array, { host, port }: DatagramDestination): void {
    this.#sending++;
    this.#sendingBytes += bytes.length;
    const sent = (error: Error | null): void => {
      this.#sending--;
      this.#sendingBytes -= bytes.length;
      if (error !== null) this.#failed(error, `sending a datagram to ${host}:${port}`);
      this.#closeWhenSent();
    };
    if (this.#connected) this.#socket.send(bytes, sent);
    else this.#socket.send(bytes, port, this.#inFamily(host), sent);
  }

  connect({ host, port }: DatagramDestination): void {
    this.#socket.connect(port, this.#inFamily(host), (error?: Error) => {
      if (error !== undefined) this.#failed(error, `connecting to ${host}:${port}`);
    });
    // As nothing is looked up, it is connected by now. One that is not can still send there.
    this.#connected = isConnected(this.#socket);
  }

  setBroadcast(allowed: boolean): void {
    this.#socket.setBroadcast(allowed);
  }

  close(): Deferred<void> {
    const closed = (this.#closing = new Deferred<void>());
    this.#closeWhenSent();
    return closed;
  }

  changeMembership(
    change: "join" | "leave",
    group: string,
    interfaceAddress: string | undefined,
  ): void {
    if (change === "join") this.#socket.addMembership(group, interfaceAddress);
    else this.#socket.dropMembership(group, interfaceAddress);
  }

  setMulticastTTL(ttl: number): void {
    this.#socket.setMulticastTTL(ttl);
  }

  setMulticastLoopback(enabled: boolean): void {
    this.#socket.setMulticastLoopback(enabled);
  }

  setMulticastInterface(interfaceAddress: string): void {
    this.#socket.setMulticastInterface(interfaceAddress);
  }

  /** What waits in the process would be lost with the socket. */
  #closeWhenSent(): void {
    const closed = this.#closing;
    if (closed === undefined || this.#sending > 0) return;
    this.#closing = undefined;
    this.#closed = true;
    this.#socket.close();
    setImmediate(() => closed.callback());
  }

  #failed(error: NodeJS.ErrnoException, doing: string): void {
    // Told by the host that a datagram before this reached; only the connected can tell which.
    if (error.code === "ECONNREFUSED") this.#events?.refused();
    else this.#events?.failed(error, doing);
  }

  #inFamily(host: string): string {
    return this.#ipv6 && isIPv4(host) ? `::ffff:${host}` : host;
  }
}

/** Only addresses come here. Looked up by Node's resolver, they would be sent a turn later. */
function asItIs(
  host: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void {
  callback(null, host, isIPv4(host) ? 4 : 6);
}

function isConnected(socket: dgram.Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}

function addressOf({ address, port }: { address: string; port: number }): UDPAddress {
  return { type: "UDP", host: unmapped(address), port };
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): CannotListenError {
  const advice: Record<string, string> = {
    EADDRINUSE: "another program has that port; stop it, or choose another port",
    EACCES: NO_PERMISSION_FOR_PORT,
    EADDRNOTAVAIL: "this machine does not have that address",
    ...NO_DESCRIPTOR,
  };
  const code = error.code ?? error.message;
  return new CannotListenError(
    `cannot open UDP port ${host}:${port}: ${advice[code] ?? error.message}`,
    code,
    { cause: error },
  );
}
