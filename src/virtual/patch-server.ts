/** listen() of all that is a net.Server: node:http's, node:https', node:tls' servers too. */
import net from "node:net";
import { canonicalIP, isIP } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { CannotListenError } from "../reactor/errors.ts";
import type { ListeningPort, StreamAddress } from "../reactor/transport.ts";
import { DuplexFactory, type ReactorSocket } from "../interop/index.ts";
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";
import type { Session } from "./session.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

const PORT_MAX = 65535;

/** A net.Server, with what Node keeps in it. */
interface Server extends net.Server {
  _handle: PortHandle | null;
  _connections: number;
  /** What address() tells of those whose handle has no address. */
  _pipeName: string | null;
  _emitCloseIfDrained(): void;
  readonly allowHalfOpen: boolean;
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
}

interface ListenTarget {
  readonly port?: number | string | undefined;
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly backlog?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly ipv6Only?: boolean;
}

export function patchServer(patches: Patches): void {
  patches.method(
    net.Server.prototype,
    "listen",
    (real: Method) =>
      function (this: Server, ...args: unknown[]) {
        const active = session();
        const target = targetOf(args);
        // One that listens already, a descriptor, and what Node refuses, are Node's affair.
        if (active === undefined || target === undefined || this._handle) {
          return Reflect.apply(real, this, args);
        }
        const done = args.filter((arg) => typeof arg === "function").at(-1);
        if (done !== undefined) this.once("listening", done as () => void);
        listen(active, this, target);
        return this;
      },
  );
}

/** In the place of a server's handle: Node's own methods work on it. */
class PortHandle {
  readonly #expected: StreamAddress | undefined;
  #port: ListeningPort<StreamAddress> | undefined = undefined;
  #closed = false;

  /** @param expected where it will listen, if that is known at once, as it is on Node. */
  constructor(expected?: StreamAddress) {
    this.#expected = expected;
  }

  get closed(): boolean {
    return this.#closed;
  }

  opened(port: ListeningPort<StreamAddress>): void {
    this.#port = port;
    if (this.#closed) port.stopListening();
  }

  close(done?: () => void): void {
    this.#closed = true;
    this.#port?.stopListening();
    if (done !== undefined) process.nextTick(done);
  }

  ref(): void {}

  unref(): void {}

  protected get address(): StreamAddress | undefined {
    return this.#port?.getHost() ?? this.#expected;
  }
}

class TCPPortHandle extends PortHandle {
  /** For address(): puts it into what it is given. */
  getsockname(into: Partial<net.AddressInfo>): number {
    const { address } = this;
    if (address?.type === "TCP") {
      const family = address.host.includes(":") ? "IPv6" : "IPv4";
      Object.assign(into, { address: address.host, family, port: address.port });
    }
    return 0;
  }
}

function listen(active: Session, server: Server, target: ListenTarget): void {
  const factory = new DuplexFactory(
    active.network as unknown as Reactor<"tcp">,
    (socket) => accept(server, socket),
    { allowHalfOpen: server.allowHalfOpen },
  );
  const { backlog, signal, path } = target;
  const options = backlog === undefined ? {} : { backlog };
  const number = path === undefined ? Number(target.port ?? 0) || (active.takePort() ?? 0) : 0;
  const host = interfaceOf(target.host);
  const listening: Deferred<ListeningPort<StreamAddress>> =
    path === undefined
      ? active.network.listenTCP(number, factory, { ...options, interface: host })
      : active.network.listenUNIX(path, factory, options);
  const handle =
    path === undefined ? new TCPPortHandle(expectedAddress(host, number)) : new PortHandle();
  server._handle = handle;
  server._pipeName = path ?? null;
  // net.Server tells nothing from inside listen().
  listening.addCallbacks(
    (port) => {
      handle.opened(port);
      process.nextTick(() => {
        if (!handle.closed) server.emit("listening");
      });
    },
    ({ value }) => {
      if (server._handle === handle) server._handle = null;
      if (!handle.closed) process.nextTick(() => server.emit("error", listenError(value, target)));
    },
  );
  if (signal !== undefined) closeWhenAborted(server, signal);
}

function closeWhenAborted(server: Server, signal: AbortSignal): void {
  const close = (): void => void server.close();
  if (signal.aborted) {
    process.nextTick(close);
    return;
  }
  signal.addEventListener("abort", close, { once: true });
  server.once("close", () => signal.removeEventListener("abort", close));
}

/** Does with a new connection what net.Server does: it is counted until it is closed. */
function accept(server: Server, socket: ReactorSocket): void {
  if (server.noDelay === true) socket.setNoDelay(true);
  if (server.keepAlive === true) socket.setKeepAlive(true);
  const { maxConnections } = server;
  if (maxConnections && server._connections >= maxConnections) {
    const { localAddress, localPort, localFamily } = socket;
    const { remoteAddress, remotePort, remoteFamily } = socket;
    socket.destroy();
    const local = { localAddress, localPort, localFamily };
    server.emit("drop", { ...local, remoteAddress, remotePort, remoteFamily });
    return;
  }
  server._connections++;
  socket.once("close", () => {
    server._connections--;
    server._emitCloseIfDrained();
  });
  Object.assign(socket, { server });
  server.emit("connection", socket);
}

/** What a server is to listen on; undefined for what is no port, and no path. */
function targetOf(args: readonly unknown[]): ListenTarget | undefined {
  const target = givenTarget(args);
  if (target === undefined) return undefined;
  const { port, path, signal } = target;
  const isSignal = signal === undefined || signal instanceof AbortSignal;
  const isPlace = isPort(port) && (path === undefined || typeof path === "string");
  return isSignal && isPlace ? target : undefined;
}

/** None is any. */
function isPort(port: unknown): boolean {
  if (port === undefined || port === null) return true;
  const isNumber = typeof port === "number" || (typeof port === "string" && port.trim() !== "");
  return (
    isNumber && Number.isInteger(Number(port)) && Number(port) >= 0 && Number(port) <= PORT_MAX
  );
}

/** `(port?, host?, backlog?, done?)`, `(path, …)`, `(options, done?)`. */
function givenTarget(args: readonly unknown[]): ListenTarget | undefined {
  const [first, ...more] = args;
  if (typeof first === "object" && first !== null) {
    const isTarget = "port" in first || "path" in first;
    return isTarget ? (first as ListenTarget) : undefined;
  }
  const backlog = more.find((arg) => typeof arg === "number");
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first, backlog };
  const host = more.find((arg) => typeof arg === "string");
  if (typeof first === "function" || first === null || first === undefined) return { port: 0 };
  return { port: first as number, host, backlog };
}

function interfaceOf(host: string | undefined): string {
  // Node's servers listen on both families.
  if (host === undefined || host === "") return "::";
  return host === "localhost" ? "127.0.0.1" : host;
}

/** What address() is to tell before the port is there; of a name, nothing is known yet. */
function expectedAddress(host: string, port: number): StreamAddress | undefined {
  return port !== 0 && isIP(host) ? { type: "TCP", host: canonicalIP(host), port } : undefined;
}

/** As Node words it. */
function listenError(reason: unknown, { host, port, path }: ListenTarget): Error {
  const code = reason instanceof CannotListenError ? (reason.reason ?? reason.code) : "EINVAL";
  const address = path ?? host ?? "::";
  const place = path ?? `${address}:${port ?? 0}`;
  const error = new Error(`listen ${code}: ${place}`, { cause: reason });
  return Object.assign(error, { code, syscall: "listen", address, port });
}
