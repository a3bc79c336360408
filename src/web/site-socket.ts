import type { ServerHttp2Session } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Deadline } from "../interop/deadline.ts";
import { ReactorSocket } from "../interop/reactor-socket.ts";
import type { Failure } from "../defer/failure.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { Transport } from "../reactor/transport.ts";
import type { SiteSettings } from "./site-options.ts";

/** What a client of HTTP/2 begins with. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** How long a client has to take the last answer, and to end its side. */
const LINGER_SECONDS = 2;
/** How long node:http2 may read nothing while nothing waits to be sent. */
const DEAF_SECONDS = 2;

/** The site, as its connections see it. */
export interface SocketOwner {
  readonly reactor: Reactor<"tcp">;
  readonly settings: SiteSettings;
  readonly draining: {
    readonly begun: boolean;
    /** An answer was given whose connection might be kept. */
    answered(socket: SiteSocket): void;
  };
  /** From its first byte on, it is known what it speaks. */
  speaksHTTP1(socket: SiteSocket): void;
  speaksHTTP2(socket: SiteSocket): ServerHttp2Session;
  /** A request of HTTP/1.1 may be answered. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  made(socket: SiteSocket): void;
  lost(socket: SiteSocket): void;
}

/**
 * A connection of a site. Bytes that arrive go to node:http or node:http2, by what the first of
 * them are; it keeps the times and limits that those leave to others.
 */
export class SiteSocket extends ReactorSocket {
  /** By HTTP/2. */
  session: ServerHttp2Session | undefined = undefined;
  readonly #owner: SocketOwner;
  readonly #deadline: Deadline;
  /** By HTTP/2: that it reads again. */
  readonly #deaf: Deadline;
  #transport: Transport | undefined = undefined;
  #spoken = false;
  /** The first bytes, while they may become those of either. */
  #first: Uint8Array | undefined = undefined;
  /** The head of a request has begun. */
  #inHead = false;
  /** The request whose body is awaited. */
  #arriving: IncomingMessage | undefined = undefined;
  /** When the request that is arriving must be here. */
  #requestDue = Infinity;
  /** Requests that are being answered: by HTTP/2, or by another protocol. */
  #streams = 0;
  /** By HTTP/1.1. */
  readonly #responses: ServerResponse[] = [];
  /** Those that wait, as too many are. */
  readonly #waiting: [IncomingMessage, ServerResponse][] = [];
  /** What arrived while too many waited. */
  #held: Uint8Array[] = [];
  #holding = false;
  /** The last answer was given: what comes now is dropped. */
  #lingering = false;
  /** By HTTP/2: it ends when nothing is under way, even if the client does not end it. */
  #closing = false;

  constructor(owner: SocketOwner) {
    super(owner.reactor);
    this.#owner = owner;
    this.#deadline = new Deadline(owner.reactor, () => this.#tooLate());
    this.#deaf = new Deadline(owner.reactor, () => this.#stillDeaf());
  }

  /** Whether nothing is under way, so that to close it takes no answer from anybody. */
  get idle(): boolean {
    return !this.answering && !this.#inHead;
  }

  /** Whether an answer is under way, or to come. */
  get answering(): boolean {
    return this.#streams + this.#responses.length + this.#waiting.length > 0;
  }

  override makeConnection(transport: Transport): void {
    this.#transport = transport;
    this.#owner.made(this);
    super.makeConnection(transport);
    this.#deadline.set(this.#owner.settings.headersTimeout);
    if (!this.#owner.settings.http2) this.#speak(1);
    else if (transport.negotiatedProtocol === "h2") this.#speak(2);
    else if (transport.encrypted) this.#speak(1);
  }

  override dataReceived(data: Uint8Array): void {
    if (this.#lingering) return;
    if (!this.#spoken) {
      const first = this.#first === undefined ? data : Buffer.concat([this.#first, data]);
      const length = Math.min(first.length, PREFACE.length);
      const same = PREFACE.compare(first, 0, length, 0, length) === 0;
      if (same && length < PREFACE.length) {
        this.#first = first;
        return;
      }
      this.#first = undefined;
      this.#speak(same ? 2 : 1);
      this.#receive(first);
      return;
    }
    this.#receive(data);
  }

  override connectionLost(reason: Failure): void {
    this.#deadline.end();
    this.#deaf.end();
    this.#waiting.length = 0;
    this.#held = [];
    super.connectionLost(reason);
    // node:http tells only the one whose turn it is: the others would wait for ever.
    for (const response of this.#responses.slice()) {
      if (response.socket === null) response.destroy().emit("close");
    }
    this.#owner.lost(this);
  }

  /** By HTTP/1.1, from its server: the head of a request is here. */
  requested(request: IncomingMessage, response: ServerResponse): void {
    this.#inHead = false;
    if (request.complete) this.#deadline.set(Infinity);
    else this.#awaitBody(request);
    // Those that were sent with it come later, one by one.
    const { maxConcurrentRequests } = this.#owner.settings;
    if (this.#responses.length < maxConcurrentRequests) this.#answer(request, response);
    else this.#waiting.push([request, response]);
  }

  /** The site drains: the last answer that was not begun says that it is the last. */
  announceEnd(): void {
    const [, response = this.#responses.at(-1)] = this.#waiting.at(-1) ?? [];
    if (response?.headersSent === false) response.shouldKeepAlive = false;
  }

  /** By HTTP/2: one is being answered, which ends with its stream. */
  began(stream: NodeJS.EventEmitter): void {
    this.#streams++;
    this.#deadline.set(Infinity);
    stream.once("close", () => {
      this.#streams--;
      // Of a connection that is lost they close behind its end.
      if (this.#streams > 0 || this.destroyed) return;
      const { keepAliveTimeout } = this.#owner.settings;
      this.#deadline.set(this.#closing ? LINGER_SECONDS : keepAliveTimeout);
    });
  }

  /**
   * Gives the last answer, and closes when the client has ended its side, or after a while: a
   * connection that is closed while bytes arrive is reset, and the answer may be lost.
   */
  linger(answer = ""): void {
    if (this.#lingering || this.destroyed) return;
    this.#lingering = true;
    this.#held = [];
    if (this.writable) this.end(answer);
    this.#deadline.set(LINGER_SECONDS);
    this.#transport?.resumeProducing();
    this.resume();
  }

  /** As node:http ends a connection behind the last answer. */
  override destroySoon(): void {
    if (this.session === undefined) this.linger();
    else super.destroySoon();
  }

  /**
   * node:http2 reads no more while it cannot write; but also, and then for ever, of a client that
   * has broken the rules. It tells nobody, and would not even see that client's end.
   */
  override pause(): this {
    if (this.session !== undefined && !this.destroyed) this.#deaf.set(DEAF_SECONDS);
    return super.pause();
  }

  override resume(): this {
    this.#deaf.set(Infinity);
    return super.resume();
  }

  /** By HTTP/2: no further request is taken, and the connection ends behind the answers. */
  closeSession(): void {
    this.#closing = true;
    this.session?.close();
    if (this.#streams === 0) this.#deadline.set(LINGER_SECONDS);
  }

  /**
   * From here on it is somebody else's: it has no deadline of a site's any more. But one that was
   * refused is still this one's to end.
   */
  handOver(): void {
    if (!this.#lingering) this.#deadline.end();
    this.#streams++;
  }

  // --- parts ---

  #speak(version: 1 | 2): void {
    this.#spoken = true;
    if (version === 1) {
      this.#owner.speaksHTTP1(this);
      return;
    }
    this.#deadline.set(this.#owner.settings.keepAliveTimeout);
    this.session = this.#owner.speaksHTTP2(this);
  }

  #receive(data: Uint8Array): void {
    if (this.session !== undefined) {
      super.dataReceived(data);
      return;
    }
    if (this.#waiting.length > 0) {
      this.#held.push(data);
      this.#holding = true;
      this.#transport?.pauseProducing();
      return;
    }
    if (!this.#inHead && this.#arriving?.complete !== false) {
      const { headersTimeout, requestTimeout } = this.#owner.settings;
      const now = this.#owner.reactor.seconds();
      this.#inHead = true;
      this.#arriving = undefined;
      this.#requestDue = now + requestTimeout;
      this.#deadline.set(Math.min(headersTimeout, requestTimeout), now);
    }
    super.dataReceived(data);
  }

  #awaitBody(request: IncomingMessage): void {
    this.#arriving = request;
    this.#deadline.set(Math.max(0, this.#requestDue - this.#owner.reactor.seconds()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#responses.push(response);
    if (this.#owner.draining.begun) this.announceEnd();
    response.once("close", () => this.#answered(response));
    this.#owner.answer(request, response);
  }

  #answered(response: ServerResponse): void {
    this.#responses.splice(this.#responses.indexOf(response), 1);
    const next = this.#waiting.shift();
    if (next !== undefined) this.#answer(...next);
    while (this.#waiting.length === 0 && this.#held.length > 0) {
      this.#receive(this.#held.shift() as Uint8Array);
    }
    if (this.#holding && this.#waiting.length === 0) {
      this.#holding = false;
      this.#transport?.resumeProducing();
    }
    this.#owner.draining.answered(this);
  }

  #stillDeaf(): void {
    if (this.writableLength === 0) this.destroy();
    else this.#deaf.set(DEAF_SECONDS);
  }

  #tooLate(): void {
    if (this.#lingering || this.#closing) this.destroy();
    else if (this.session !== undefined) this.closeSession();
    else if (this.#arriving === undefined && !this.#inHead && this.#first === undefined) {
      this.linger();
    } else if (this.#arriving?.complete !== true) {
      // An answer may be on its way to a client whose body is late.
      if (this.answering) this.destroy();
      else this.linger("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
    }
  }
}
