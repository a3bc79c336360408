/** The clients of node:net, and those of node:tls and node:http that make their sockets by it. */
import http from "node:http";
import net from "node:net";
import { addAbortSignal } from "node:stream";
import tls from "node:tls";
import type { Reactor } from "../reactor/capabilities.ts";
import { type ConnectTarget, ReactorSocket } from "../interop/index.ts";
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";
import type { Session } from "./session.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Of what net.connect() takes, that which ReactorSocket's connect() leaves to others. */
interface SocketOptions extends ConnectTarget {
  readonly allowHalfOpen?: boolean;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  /** Of a socket that there is already. */
  readonly fd?: number;
  readonly handle?: unknown;
  readonly socket?: unknown;
}

export function patchNet(patches: Patches): void {
  const connect = (real: Method): Method =>
    function (this: unknown, ...args) {
      const active = session();
      if (active === undefined) return Reflect.apply(real, this, args);
      return makeSocket(active, optionsOf(args[0])).connect(args[0] as number, ...args.slice(1));
    };
  patches.method(net, "connect", connect);
  patches.method(net, "createConnection", connect);
  // It has taken net.createConnection when it was loaded.
  patches.method(http.Agent.prototype, "createConnection", connect);
  for (const name of ["Socket", "Stream"]) patches.method(net, name, virtualSocketClass);
  patches.method(tls, "connect", (real: Method) => (...args: unknown[]) => {
    const active = session();
    const { to, options, done } = tlsArguments(args);
    if (active === undefined || options.socket !== undefined) return real(...args);
    const socket = makeSocket(active, options).connect(to);
    return real({ ...to, ...options, socket }, ...done);
  });
}

/** net.Socket, whose instances are of the reactor's while the process is on virtual time. */
function virtualSocketClass(real: Method): unknown {
  const virtual: unknown = new Proxy(real as unknown as new (options?: SocketOptions) => object, {
    construct(target, args: [SocketOptions?], newTarget) {
      const active = session();
      const [options = {}] = args;
      // A class of somebody else's needs Node's own methods; a descriptor is real already.
      const isOwn =
        newTarget !== virtual || options.fd !== undefined || options.handle !== undefined;
      if (active === undefined || isOwn) {
        return Reflect.construct(
          target,
          args,
          newTarget === virtual ? target : newTarget,
        ) as object;
      }
      return makeSocket(active, options);
    },
  });
  return virtual;
}

function makeSocket(active: Session, options: SocketOptions): ReactorSocket {
  const { allowHalfOpen = false, signal, timeout, noDelay, keepAlive } = options;
  // What a socket asks of its reactor, the one in waiting does.
  const reactor = active.network as unknown as Reactor<"tcp">;
  const socket = new ReactorSocket(reactor, { allowHalfOpen });
  if (timeout !== undefined) socket.setTimeout(timeout);
  if (noDelay !== undefined) socket.setNoDelay(noDelay);
  if (keepAlive !== undefined) socket.setKeepAlive(keepAlive);
  // One that is aborted already ends it when somebody can listen for the error.
  if (signal?.aborted === true) process.nextTick(addAbortSignal, signal, socket);
  else if (signal !== undefined) addAbortSignal(signal, socket);
  return socket;
}

function optionsOf(target: unknown): SocketOptions {
  return typeof target === "object" && target !== null ? target : {};
}

interface TLSArguments {
  readonly to: ConnectTarget;
  readonly options: SocketOptions;
  readonly done: unknown[];
}

/** `(options, done?)`, `(port, host?, options?, done?)`, `(path, options?, done?)`. */
function tlsArguments(args: readonly unknown[]): TLSArguments {
  const options = optionsOf(args.find((arg) => typeof arg === "object" && arg !== null));
  const done = args.filter((arg) => typeof arg === "function");
  const [first, second] = args;
  if (typeof first === "object") return { to: options, options, done };
  if (typeof first === "string" && !/^\d+$/.test(first))
    return { to: { path: first }, options, done };
  const host = typeof second === "string" ? second : options.host;
  return { to: { port: first as number, host }, options, done };
}
