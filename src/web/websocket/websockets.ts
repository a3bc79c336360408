import type { IncomingMessage } from "node:http";
import { Outstanding } from "../../application/outstanding.ts";
import { BadOptionError } from "../../core/errors.ts";
import { pathOf } from "../routes.ts";
import type { Site } from "../site.ts";
import { webSocketSettings, type WebSocketOptions, wsOptions } from "./websocket-options.ts";
import type { WebSocketProtocol } from "./websocket-protocol.ts";
import { WebSocketTransport } from "./websocket-transport.ts";
import { wsPackage } from "./ws-package.ts";

export interface WebSocketsOptions extends WebSocketOptions {
  /**
   * The origins of pages that may connect, `https://tea.example`, beside those of the site's own
   * host; "any" for all. Programs that are no browsers name none, and may.
   */
  readonly origins?: readonly string[] | "any";
  /** The subprotocols that are spoken; the first of them that the client speaks is chosen. */
  readonly subprotocols?: readonly string[];
  /** Open at a time; beyond it clients are answered 503. No limit unless given. */
  readonly maxConnections?: number;
}

/** Makes a protocol for a client that asks; null refuses it, with 403. */
export type BuildWebSocket = (request: IncomingMessage) => WebSocketProtocol | null;

/**
 * Serves WebSockets at a path of a site, by the package ws.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { routes, Site } from "skein/web";
 * import { connectWebSocket, WebSocketProtocol, websockets } from "skein/websocket";
 *
 * class Shouter extends WebSocketProtocol {
 *   override textReceived(text: string): void {
 *     this.transport.send(text.toUpperCase());
 *   }
 * }
 * const reactor = createReactor("clock"); // or "libuv"
 * const stopped = reactor.run();
 * const site = new Site(reactor, routes({}));
 * websockets(site, "/shout", () => new Shouter());
 * await reactor.listenTCP(80, site);
 *
 * const client = await connectWebSocket(reactor, "ws://127.0.0.1/shout");
 * client.send("hello");
 * for await (const message of client) {
 *   console.log(message); // → HELLO
 *   client.close();
 * }
 * reactor.stop();
 * await stopped;
 * ```
 *
 * A page of another origin is refused unless `origins` has it: browsers would let it use what the
 * visitor is logged in to. When the site drains, they are closed with the code 1001.
 *
 * @throws BadOptionError for limits that are none, or a path that does not begin with a slash;
 *   MissingPackageError when the package ws is not installed.
 */
export function websockets(
  site: Site,
  path: string,
  build: BuildWebSocket,
  options: WebSocketsOptions = {},
): void {
  if (!path.startsWith("/")) throw new BadOptionError(`a path begins with a slash, not "${path}"`);
  const { reactor } = site;
  const settings = webSocketSettings(options);
  const { origins = [], subprotocols = [], maxConnections = Infinity } = options;
  const { WebSocketServer } = wsPackage();
  const server = new WebSocketServer({
    ...wsOptions(settings),
    noServer: true,
    clientTracking: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  const open = new Outstanding<WebSocketTransport>();
  site.onDrain(() => {
    for (const transport of open) transport.close(1001);
    return open.whenEmpty(Infinity, reactor);
  });
  site.onUpgrade((request, socket, head) => {
    const { upgrade = "" } = request.headers;
    if (upgrade.toLowerCase() !== "websocket" || pathOf(request.url ?? "/") !== path) return false;
    const refuse = (status: string): true => {
      socket.linger(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return true;
    };
    if (origins !== "any" && !isWelcome(request, origins)) return refuse("403 Forbidden");
    if (site.draining || open.size >= maxConnections) return refuse("503 Service Unavailable");
    let protocol: WebSocketProtocol | null;
    try {
      protocol = build(request);
    } catch (error) {
      reactor.reportError(error, `building a WebSocket at ${path}`);
      return refuse("500 Internal Server Error");
    }
    if (protocol === null) return refuse("403 Forbidden");
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const { url = path, headers } = request;
      const opened = { reactor, webSocket, socket, settings, url, headers };
      const transport = new WebSocketTransport(opened, protocol);
      open.add(transport);
      transport.start(() => open.delete(transport));
    });
    return true;
  });
}

function isWelcome({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  return host !== undefined && /^https?:\/\/(.+)$/.exec(origin)?.[1] === host;
}
