import type { WebSocket } from "ws";
import { BadOptionError } from "../../core/errors.ts";
import { Deferred } from "../../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../../defer/errors.ts";
import type { ClientEndpoint } from "../../endpoints/endpoint.ts";
import { TCPClientEndpoint } from "../../endpoints/tcp-endpoints.ts";
import { wrapClientTLS } from "../../endpoints/wrap-client-tls.ts";
import { ReactorSocket } from "../../interop/reactor-socket.ts";
import { Factory } from "../../protocols/factory.ts";
import type { Reactor, TriggerId } from "../../reactor/capabilities.ts";
import type { TLSClientOptions } from "../../reactor/tls.ts";
import { virtualTimeOf } from "../../reactor/virtual-time.ts";
import { WebSocketRefusedError } from "./errors.ts";
import { SeededSocket, seededBytes } from "./seeded-handshake.ts";
import { WebSocketMessages } from "./websocket-messages.ts";
import { webSocketSettings, type WebSocketOptions, wsOptions } from "./websocket-options.ts";
import type { WebSocketProtocol } from "./websocket-protocol.ts";
import { WebSocketTransport } from "./websocket-transport.ts";
import { wsPackage } from "./ws-package.ts";

export interface ConnectWebSocketOptions extends WebSocketOptions {
  /** Seconds for the connection, and as many for the server's answer; 30 unless given. */
  readonly timeout?: number;
  /** The subprotocols that are spoken; the server must choose one. */
  readonly subprotocols?: readonly string[];
  /** Sent along with the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `wss:`; the server's name is the URL's unless given. */
  readonly tls?: TLSClientOptions;
  /** Where to connect to instead: a proxy, or a UNIX socket. TLS goes over it for `wss:`. */
  readonly endpoint?: ClientEndpoint;
}

/**
 * Opens a WebSocket, by the package ws: `connectWebSocket(reactor, "ws://127.0.0.1:8080/chat")`.
 * Fires with the protocol, right after its connectionMade: unless one is given, with
 * {@link WebSocketMessages}, to be read by `for await`. See {@link websockets} for an example.
 *
 * Fails as endpoints do where there is no connection; with WebSocketRefusedError where the server
 * answers otherwise, with TimeoutError where it does not. Cancelling gives up.
 *
 * When the reactor stops, the server is told goodbye with the code 1001.
 *
 * @throws BadOptionError for a URL that is none of a WebSocket, or limits that are none;
 *   MissingPackageError when the package ws is not installed.
 */
export function connectWebSocket(
  reactor: Reactor<"tcp">,
  url: string | URL,
  protocol?: undefined,
  options?: ConnectWebSocketOptions,
): Deferred<WebSocketMessages>;
export function connectWebSocket<P extends WebSocketProtocol>(
  reactor: Reactor<"tcp">,
  url: string | URL,
  protocol: P,
  options?: ConnectWebSocketOptions,
): Deferred<P>;
export function connectWebSocket(
  reactor: Reactor<"tcp">,
  url: string | URL,
  protocol: WebSocketProtocol = new WebSocketMessages(),
  options: ConnectWebSocketOptions = {},
): Deferred<WebSocketProtocol> {
  const target = parseURL(url);
  const settings = webSocketSettings(options);
  const { timeout = 30, subprotocols = [], headers = {} } = options;
  if (!(timeout > 0)) throw new BadOptionError(`timeout must be over 0, not ${timeout}`);
  const ws = wsPackage();
  const time = virtualTimeOf(reactor);
  const fill = time === undefined ? undefined : seededBytes(time);
  const makeSocket = (): ReactorSocket =>
    fill === undefined ? new ReactorSocket(reactor) : new SeededSocket(reactor, fill);

  const opened = endpointOf(reactor, target, options)
    .connect(Factory.from(makeSocket))
    .addCallback((socket) => {
      const webSocket = new ws.WebSocket(target, [...subprotocols], {
        ...wsOptions(settings),
        headers,
        createConnection: () => socket,
        ...(fill !== undefined && { generateMask: fill }),
      });
      return whenOpen(reactor, webSocket, timeout).addCallback(() => socketOf(webSocket, socket));
    });
  const connected = opened.addCallback(({ webSocket, socket }) => {
    const { pathname, search } = target;
    const made = { reactor, webSocket, socket, settings, url: pathname + search, headers: {} };
    const transport = new WebSocketTransport(made, protocol);
    transport.start(goodbyeAtStop(reactor, transport));
  });
  return connected.addCallback(() => protocol);
}

const socketOf = (
  webSocket: WebSocket,
  socket: ReactorSocket,
): { webSocket: WebSocket; socket: ReactorSocket } => ({ webSocket, socket });

/** Fires when the server has agreed. */
function whenOpen(reactor: Reactor<"tcp">, webSocket: WebSocket, timeout: number): Deferred<void> {
  const fail = (error: unknown): void => {
    over();
    if (!open.called) open.errback(error);
    webSocket.terminate();
  };
  const open = new Deferred<void>(() => fail(new CancelledError()));
  const late = Number.isFinite(timeout)
    ? reactor.callLater(timeout, () =>
        fail(new TimeoutError(`the server has not answered for ${timeout} seconds`)),
      )
    : undefined;
  const over = (): void => {
    if (late?.active === true) late.cancel();
    webSocket.off("open", opened).off("unexpected-response", refused);
  };
  const opened = (): void => {
    over();
    webSocket.off("error", failed);
    // Before the turn ends: the first message may be in the same chunk.
    open.callback();
  };
  const refused = (_request: unknown, { statusCode = 0 }: { statusCode?: number }): void => {
    fail(new WebSocketRefusedError(`the server has answered ${statusCode}`, statusCode));
  };
  // It stays: ws tells of its own giving up by an error.
  const failed = (error: Error): void => {
    if (!open.called) fail(new WebSocketRefusedError(error.message, undefined, error));
  };
  webSocket.on("open", opened).on("unexpected-response", refused).on("error", failed);
  return open;
}

/** A stopping reactor says goodbye, and waits for the end. Returns what is to be called then. */
function goodbyeAtStop(reactor: Reactor<"tcp">, transport: WebSocketTransport): () => void {
  const over = new Deferred<void>();
  let stopping: TriggerId | undefined = reactor.addSystemEventTrigger("before", "shutdown", () => {
    stopping = undefined;
    transport.close(1001);
    return over;
  });
  return () => {
    if (stopping !== undefined) reactor.removeSystemEventTrigger(stopping);
    over.callback();
  };
}

function endpointOf(
  reactor: Reactor<"tcp">,
  { protocol, hostname, port }: URL,
  { endpoint, timeout = 30, tls = {} }: ConnectWebSocketOptions,
): ClientEndpoint {
  const encrypted = protocol === "wss:";
  const host = hostname.replaceAll(/^\[|\]$/g, "");
  const number = port === "" ? (encrypted ? 443 : 80) : Number(port);
  const place = endpoint ?? new TCPClientEndpoint(reactor, host, number, { timeout });
  return encrypted ? wrapClientTLS({ serverName: host, ...tls }, place) : place;
}

function parseURL(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed !== undefined && /^wss?:$/.test(parsed.protocol) && parsed.hash === "") return parsed;
  throw new BadOptionError(
    `a WebSocket's URL begins with ws: or wss:, without #, not "${String(url)}"`,
  );
}
