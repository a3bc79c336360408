import http, { type IncomingMessage, type ServerResponse } from "node:http";
import http2, { type ServerHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";
import type { Deferred } from "../defer/deferred.ts";
import { gatherResults } from "../defer/gather-results.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { shield } from "../defer/shield.ts";
import { Factory } from "../protocols/factory.ts";
import type { Reactor, TriggerId } from "../reactor/capabilities.ts";
import { loopOf } from "../reactor/internals.ts";
import type { ListeningPort, StreamAddress } from "../reactor/transport.ts";
import { virtualTimeOf } from "../reactor/virtual-time.ts";
import { answerBy, requestHandler } from "./answer.ts";
import { Draining } from "./draining.ts";
import type { Handler, RequestHandler } from "./handler.ts";
import { Http2Response } from "./http2-response.ts";
import { limitBody } from "./limit-body.ts";
import { headWithoutUpgrade, namesHosts } from "./request-head.ts";
import { type SiteOptions, type SiteSettings, siteSettings } from "./site-options.ts";
import { SiteSocket, type SocketOwner } from "./site-socket.ts";

/** Takes a connection over whose client has asked for another protocol; false: not this one. */
export type Upgrade = (request: IncomingMessage, socket: SiteSocket, head: Buffer) => boolean;

/**
 * Serves HTTP/1.1 and HTTP/2, by node:http and node:http2, on any port or endpoint of the
 * reactor's; so on `clock` in virtual time, without a socket.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 * import { Site } from "skein/web";
 *
 * const reactor = createReactor("clock"); // or "libuv"
 * const stopped = reactor.run();
 * const site = new Site(reactor, {
 *   fetch: (request) => new Response(`you asked for ${new URL(request.url).pathname}\n`),
 * });
 * await reactor.listenTCP(8080, site);
 *
 * const client = await LineClient.dial(reactor, 8080);
 * client.transport.write("GET /tea HTTP/1.1\r\nHost: tea.example\r\n\r\n");
 * console.log(await client.heard("you asked")); // → you asked for /tea
 *
 * reactor.stop();
 * await stopped;
 * ```
 *
 * The handler is a function `(request, response)` as of node:http, or an object with a `fetch`
 * method: that of a framework, too. Both are used with HTTP/1.1 and HTTP/2 alike. An error that it
 * throws, or fails with later, is reported, and answered with 500.
 *
 * When the reactor stops, the site's ports are closed, then it drains: see {@link drain}.
 */
export class Site extends Factory<SiteSocket> {
  /** On whose time and transports it is. */
  readonly reactor: Reactor<"tcp">;
  readonly #handler: RequestHandler;
  readonly #settings: SiteSettings;
  readonly #options: SiteOptions;
  readonly #server: http.Server;
  readonly #server2: http2.Http2Server;
  readonly #sendsDate: boolean;
  readonly #sockets = new Set<SiteSocket>();
  readonly #ports = new Set<ListeningPort<StreamAddress>>();
  readonly #sessions = new WeakMap<ServerHttp2Session, SiteSocket>();
  readonly #upgrades: Upgrade[] = [];
  readonly #drainers: ((seconds: number) => unknown)[] = [];
  /** What those who have taken connections over wait for. */
  #handedOver: Deferred<void> | undefined = undefined;
  /** Requests that expect what nobody knows. */
  readonly #unmet = new WeakSet<IncomingMessage>();
  readonly #draining: Draining;
  readonly #owner: SocketOwner;
  /** The session that was made last. */
  #opened: ServerHttp2Session | undefined = undefined;
  #stopping: TriggerId | undefined = undefined;

  /** @throws BadOptionError for limits that are none. */
  constructor(reactor: Reactor<"tcp">, handler: Handler, options: SiteOptions = {}) {
    super();
    this.reactor = reactor;
    this.#handler = requestHandler(handler);
    this.#options = options;
    this.#settings = siteSettings(options);
    this.#sendsDate = options.now === undefined && virtualTimeOf(reactor) === undefined;
    this.#server = this.#http1();
    this.#server2 = this.#http2();
    const draining = (this.#draining = new Draining(reactor, this.#sockets));
    this.#owner = {
      reactor,
      settings: this.#settings,
      draining,
      speaksHTTP1: (socket) => void this.#server.emit("connection", socket),
      speaksHTTP2: (socket) => this.#speaksHTTP2(socket),
      answer: (request, response) => this.#answer(request, response),
      made: (socket) => void this.#sockets.add(socket),
      lost: (socket) => this.#lost(socket),
    };
  }

  /** How many there are. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** From drain() on, until a port listens again. */
  get draining(): boolean {
    return this.#draining.begun;
  }

  override buildProtocol(): SiteSocket {
    return new SiteSocket(this.#owner);
  }

  /**
   * Ends the connections, each as soon as that does no harm: every answer from now on is its
   * connection's last, and says so; one without a request is kept for a second, so that a request
   * that is on its way is answered, then closed. Those that are left after `seconds` are cut off.
   * By HTTP/2 clients are told to go elsewhere (GOAWAY). Fires when none is left.
   *
   * A port that still listens goes on to accept: stop it first. When the reactor stops that is
   * done, and `seconds` are the option `drainSeconds`.
   */
  drain(seconds: number = this.#drainSeconds): Deferred<void> {
    const handedOver = (this.#handedOver ??= this.#drainOthers(seconds));
    return this.#draining.begin(seconds).addCallback(() => shield(handedOver));
  }

  /**
   * Asked, in their order, when a client wants to go on by another protocol; the first that takes
   * the connection has it. Without one that does, the request is answered as any other.
   */
  onUpgrade(upgrade: Upgrade): void {
    if (this.#upgrades.length === 0) {
      this.#server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.#upgrade(request, socket as SiteSocket, head),
      );
    }
    this.#upgrades.push(upgrade);
  }

  /**
   * Called when it begins to drain: for who has taken connections over. What it returns is waited
   * for.
   */
  onDrain(drain: (seconds: number) => unknown): void {
    this.#drainers.push(drain);
  }

  override startFactory(): void {
    this.#draining.reset();
    this.#handedOver = undefined;
  }

  /** A port that it is told of is its own to close when the reactor stops; services do not tell. */
  listening(port: ListeningPort<StreamAddress>): void {
    this.#ports.add(port);
    this.#stopping ??= this.reactor.addSystemEventTrigger("before", "shutdown", () => {
      this.#stopping = undefined;
      return this.#stop();
    });
  }

  override stopFactory(): void {
    this.#ports.clear();
    this.#forgetStop();
  }

  // --- parts ---

  #drainOthers(seconds: number): Deferred<void> {
    const all = this.#drainers.map((drain) => maybeDeferred(() => drain(seconds)));
    return gatherResults(all).addCallbacks(
      () => {},
      (failure) => this.reactor.reportError(failure.value, "draining a site"),
    );
  }

  get #drainSeconds(): number {
    return this.#options.drainSeconds ?? loopOf(this.reactor).drainSeconds;
  }

  #http1(): http.Server {
    const { maxHeaderBytes, maxBodyBytes, keepAliveTimeout, maxRequestsPerConnection } =
      this.#settings;
    const requested = (request: IncomingMessage, response: ServerResponse): void => {
      (request.socket as Duplex as SiteSocket).requested(request, response);
    };
    const server = http.createServer({ maxHeaderSize: maxHeaderBytes }, requested);
    // Their bytes are limited. It would drop those beyond the thousandth, and say nothing.
    server.maxHeadersCount = 0;
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      // Who announces too much is refused, and need not send it.
      const tooMuch = Number(request.headers["content-length"]) > maxBodyBytes;
      if (!tooMuch) response.writeContinue();
      requested(request, response);
    });
    // Otherwise it answers by itself, and the connection would wait for a request.
    server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
      this.#unmet.add(request);
      requested(request, response);
    });
    // Its other times are looked after by a server that listens itself.
    server.keepAliveTimeout = keepAliveTimeout === Infinity ? 0 : keepAliveTimeout * 1000;
    if (maxRequestsPerConnection < Infinity) {
      server.maxRequestsPerSocket = maxRequestsPerConnection;
    }
    server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
      refuseBytes(error, socket as SiteSocket);
    });
    return server;
  }

  #http2(): http2.Http2Server {
    const { maxConcurrentRequests, maxHeaderBytes } = this.#settings;
    const settings = {
      maxConcurrentStreams: Math.min(maxConcurrentRequests, STREAMS_MAX),
      maxHeaderListSize: maxHeaderBytes,
    };
    const options = { settings, Http2ServerResponse: Http2Response };
    const server = http2.createServer(options, (request, response) => {
      const { session } = request.stream;
      this.#sessions.get(session as ServerHttp2Session)?.began(request.stream);
      // A stream that is reset: who reads or writes it is told.
      request.on("error", () => {});
      response.on("error", () => {});
      this.#awaitBody(request);
      this.#answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    });
    server.on("session", (session) => (this.#opened = session));
    // A client that breaks the rules, or a connection, has lost its session: it was told so.
    server.on("sessionError", () => {});
    return server;
  }

  #speaksHTTP2(socket: SiteSocket): ServerHttp2Session {
    this.#server2.emit("connection", socket);
    const session = this.#opened as ServerHttp2Session;
    this.#sessions.set(session, socket);
    return session;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { now } = this.#options;
    response.sendDate = this.#sendsDate;
    if (now !== undefined) response.setHeader("date", now().toUTCString());
    if (request.httpVersionMajor < 2) {
      if (namesHosts(request)) {
        response.writeHead(400, { connection: "close" }).end();
        return;
      }
      if (this.#unmet.has(request)) {
        response.writeHead(417).end();
        return;
      }
    }
    if (!limitBody(request, response, this.#settings.maxBodyBytes)) return;
    answerBy(this.#handler, this.reactor, request, response);
  }

  /** By HTTP/2 a body has a time of its own. */
  #awaitBody(request: http2.Http2ServerRequest): void {
    const { requestTimeout } = this.#settings;
    if (request.readableEnded || requestTimeout === Infinity) return;
    const late = this.reactor.callLater(requestTimeout, () => {
      if (!request.complete) request.stream.close(http2.constants.NGHTTP2_CANCEL);
    });
    const over = (): void => {
      if (late.active) late.cancel();
    };
    request.stream.once("end", over).once("close", over);
  }

  #upgrade(request: IncomingMessage, socket: SiteSocket, head: Buffer): void {
    // node:http listens no more: whose client goes has gone, and nobody need be told.
    socket.on("error", () => {});
    // Sent behind a request that is still being answered: what comes next would be mixed with that.
    if (socket.answering) {
      socket.destroy();
      return;
    }
    for (const upgrade of namesHosts(request) ? [] : this.#upgrades) {
      if (!upgrade(request, socket, head)) continue;
      socket.handOver();
      return;
    }
    // As if it had not asked.
    socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
    this.#server.emit("connection", socket);
  }

  #lost(socket: SiteSocket): void {
    this.#sockets.delete(socket);
    this.#draining.ended();
    this.#forgetStop();
  }

  /** The reactor stops: no port of the site's accepts any more, then its connections end. */
  #stop(): Deferred<void> {
    const ports = [...this.#ports].map((port) => port.stopListening());
    return gatherResults(ports).addCallback(() => this.drain());
  }

  #forgetStop(): void {
    if (this.#stopping === undefined || this.#ports.size + this.#sockets.size > 0) return;
    this.reactor.removeSystemEventTrigger(this.#stopping);
    this.#stopping = undefined;
  }
}

/** What comes is no request, or too much of one. */
function refuseBytes(error: NodeJS.ErrnoException, socket: SiteSocket): void {
  // Behind the last request, which is to be answered all the same.
  if (error.code === "HPE_CLOSED_CONNECTION" && socket.answering) return;
  const status =
    BAD_REQUESTS[error.code ?? ""] ?? (error.code?.startsWith("HPE_") ? BAD : undefined);
  if (status === undefined || !socket.writable || socket.answering) socket.destroy();
  else socket.linger(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const BAD = "400 Bad Request";
const BAD_REQUESTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
};
/** What a setting of HTTP/2 can say. */
const STREAMS_MAX = 2 ** 31 - 1;
