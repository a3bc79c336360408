import { BadOptionError } from "../../core/errors.ts";
import type { Deferred } from "../../defer/deferred.ts";
import { TimeoutError } from "../../defer/errors.ts";
import { fail } from "../../defer/fired.ts";
import { Failure } from "../../defer/failure.ts";
import { Deadline } from "../../interop/deadline.ts";
import type { ReactorSocket } from "../../interop/reactor-socket.ts";
import type { DelayedCall, Reactor } from "../../reactor/capabilities.ts";
import { WriteOverflowError } from "../../reactor/errors.ts";
import { Flow } from "../../reactor/flow.ts";
import type { Consumer, PullProducer, PushProducer } from "../../reactor/producer.ts";
import { WebSocketClosedError } from "./errors.ts";
import type { WebSocketSettings } from "./websocket-options.ts";
import type { WebSocketProtocol } from "./websocket-protocol.ts";

/** When more bytes than this wait to be sent, it is time to wait. */
const HIGH_WATER_BYTES = 64 * 1024;
/** Of a close code and what is said with it: as much as fits into one frame. */
const REASON_BYTES_MAX = 123;

/** What is used of ws's: who uses this needs none of its types. */
export interface OpenWebSocket {
  readonly protocol: string;
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, options: { readonly binary: boolean }): void;
  close(code: number, reason: string): void;
  ping(): void;
  pause(): void;
  resume(): void;
  terminate(): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): this;
  on(event: "ping" | "pong", listener: () => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "close", listener: (code: number, reason: Uint8Array) => void): this;
}

export interface Opened {
  readonly reactor: Reactor<"tcp">;
  readonly webSocket: OpenWebSocket;
  readonly socket: ReactorSocket;
  readonly settings: WebSocketSettings;
  /** What the client has asked for: a path with its query. */
  readonly url: string;
  /** The client's, on a server. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * An open WebSocket. It is a consumer of messages, and a push producer of those that it receives,
 * as the transports of bytes are.
 */
export class WebSocketTransport implements Consumer, PushProducer {
  /** What the client has asked for: a path with its query. */
  readonly url: string;
  /** What the client has sent along, on a server; empty on a client. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The subprotocol that both sides have agreed on; empty for none. */
  readonly subprotocol: string;
  readonly #reactor: Reactor<"tcp">;
  readonly #webSocket: OpenWebSocket;
  readonly #socket: ReactorSocket;
  readonly #settings: WebSocketSettings;
  readonly #protocol: WebSocketProtocol;
  readonly #deadline: Deadline;
  readonly #flow: Flow = new Flow((error, method) => {
    this.#reactor.reportError(error, `calling a producer's ${method}`);
    this.abortConnection();
  });
  #told = (): void => {};
  #ping: DelayedCall | undefined = undefined;
  /** Since the last ping. */
  #heard = true;
  #paused = false;
  /** Messages of the chunk in which it was paused. */
  #held: (string | Uint8Array)[] = [];
  /** How it has ended. */
  #reason: Failure | undefined = undefined;
  #toldEnd = false;
  /** Why it ends, where that is known here. */
  #cause: unknown = undefined;
  /** This side has said goodbye: what comes is dropped. */
  #closing = false;

  /** It becomes the protocol's when {@link start} is called. */
  constructor(opened: Opened, protocol: WebSocketProtocol) {
    const { reactor, webSocket, socket, settings } = opened;
    this.url = opened.url;
    this.headers = opened.headers;
    this.subprotocol = webSocket.protocol;
    this.#reactor = reactor;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#settings = settings;
    this.#protocol = protocol;
    this.#deadline = new Deadline(reactor, () => this.#cutOff("has not said goodbye"));
  }

  /** Messages are delivered from here on, and the end; then `ended` is called. */
  start(ended: () => void): void {
    this.#told = ended;
    const webSocket = this.#webSocket;
    webSocket.on("message", (data, isBinary) => {
      // As ws gives them unless it is told otherwise.
      const bytes = data as Buffer;
      this.#received(isBinary ? bytes : bytes.toString());
    });
    const alive = (): void => void (this.#heard = true);
    webSocket.on("ping", alive).on("pong", alive);
    webSocket.on("error", (error) => {
      this.#cause ??= error;
      this.#awaitEnd();
    });
    webSocket.on("close", (code, reason) => this.#ended(code, String(reason)));
    this.#socket.on("drain", () => {
      if (this.#reason === undefined) this.#flow.caughtUp();
    });
    // What both have said is goodbye.
    this.#socket.once("finish", () => this.#awaitEnd());
    this.#keepAlive();
    this.#call("connectionMade", () => this.#protocol.makeConnection(this));
  }

  /** Whether messages can be sent. */
  get connected(): boolean {
    return this.#reason === undefined && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Bytes of messages that were not taken by the system yet. */
  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  /** The address of the peer; undefined where it is no IP address. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /**
   * Sends a message: text, or bytes, which are not to be changed any more. False says that it is
   * time to wait: for {@link whenDrained}, or as a producer. What is sent when it is closing is
   * dropped. Beyond `maxBufferedBytes` it is cut off, with a WriteOverflowError as the cause.
   */
  send(message: string | Uint8Array): boolean {
    if (!this.connected) return false;
    this.#webSocket.send(message, { binary: typeof message !== "string" });
    const waiting = this.#webSocket.bufferedAmount;
    if (waiting <= HIGH_WATER_BYTES) return true;
    const { maxBufferedBytes } = this.#settings;
    if (waiting > maxBufferedBytes) {
      this.#cause ??= new WriteOverflowError(maxBufferedBytes);
      this.abortConnection();
    } else this.#flow.fellBehind();
    return false;
  }

  /** {@link send}, as a consumer has it. */
  write(message: string | Uint8Array): boolean {
    return this.send(message);
  }

  registerProducer(producer: PushProducer, streaming: true): void;
  registerProducer(producer: PullProducer, streaming: false): void;
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    if (this.connected) this.#flow.register(producer, streaming);
    else producer.stopProducing();
  }

  unregisterProducer(): void {
    this.#flow.unregister();
  }

  whenDrained(): Deferred<void> {
    return this.#reason === undefined ? this.#flow.whenCaughtUp() : fail(this.#reason);
  }

  /** Stops the messages, also those that have arrived; the peer is slowed down, not cut off. */
  pauseProducing(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#webSocket.pause();
  }

  /** Messages are delivered again, in a later turn. */
  resumeProducing(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#reactor.callFromThread(() => {
      while (!this.#paused && this.#held.length > 0) this.#deliver(this.#held.shift() ?? "");
      if (this.#paused) return;
      this.#webSocket.resume();
      this.#tellEnd();
    });
  }

  /** close(), as the consumer of what is received here has ended. */
  stopProducing(): void {
    this.close();
  }

  /**
   * Says goodbye, behind what was sent, and ends when the peer has done so too, or has not in
   * `closeTimeout`. Messages that come until then are dropped.
   *
   * @param code 1000, 1001, or 3000 to 4999, which mean what both sides make of them.
   * @throws BadOptionError for other codes, and for a reason of more than 123 bytes.
   */
  close(code = 1000, reason = ""): void {
    if (!isOwnCode(code)) throw new BadOptionError(`${code} is no code to close a WebSocket with`);
    if (Buffer.byteLength(reason) > REASON_BYTES_MAX) {
      throw new BadOptionError(`the reason of a close has ${REASON_BYTES_MAX} bytes at the most`);
    }
    this.#close(code, reason);
  }

  /** {@link close}, with nothing to say, as transports have it. */
  loseConnection(): void {
    this.close();
  }

  /** Cuts the connection off. */
  abortConnection(): void {
    this.#drop();
    this.#webSocket.terminate();
  }

  // --- parts ---

  #received(message: string | Uint8Array): void {
    this.#heard = true;
    if (this.#closing) return;
    if (this.#paused || this.#held.length > 0) this.#held.push(message);
    else this.#deliver(message);
  }

  #deliver(message: string | Uint8Array): void {
    if (this.#closing) return;
    this.#call("messageReceived", () => this.#protocol.messageReceived(message));
  }

  #close(code: number, reason: string): void {
    this.#drop();
    this.#webSocket.close(code, reason);
    // Its goodbye is behind what is held up.
    if (this.#paused) this.#webSocket.resume();
    this.#awaitEnd();
  }

  #awaitEnd(): void {
    if (this.#reason === undefined) this.#deadline.set(this.#settings.closeTimeout);
  }

  #keepAlive(): void {
    const { pingInterval } = this.#settings;
    if (pingInterval === Infinity) return;
    this.#ping = this.#reactor.callLater(pingInterval, () => {
      // Who does not read does not hear.
      if (!this.#heard && !this.#paused) {
        this.#cutOff(`has said nothing for ${pingInterval} seconds`);
        return;
      }
      this.#heard = false;
      if (this.connected) this.#webSocket.ping();
      this.#keepAlive();
    });
  }

  #cutOff(why: string): void {
    this.#cause ??= new TimeoutError(`the peer of a WebSocket ${why}`);
    this.abortConnection();
  }

  #ended(code: number, reason: string): void {
    if (this.#reason !== undefined) return;
    this.#deadline.end();
    if (this.#ping?.active === true) this.#ping.cancel();
    this.#reason = new Failure(new WebSocketClosedError(code, reason, this.#cause));
    this.#flow.end(this.#reason);
    this.#tellEnd();
  }

  /** Behind the messages that wait, if they are still wanted. */
  #tellEnd(): void {
    const reason = this.#reason;
    if (reason === undefined || this.#toldEnd || this.#held.length > 0) return;
    this.#toldEnd = true;
    this.#call("connectionLost", () => this.#protocol.connectionLost(reason));
    this.#told();
  }

  #drop(): void {
    this.#closing = true;
    this.#held = [];
    this.#tellEnd();
  }

  #call(method: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#cause ??= error;
      this.#reactor.reportError(error, `calling a WebSocket's ${method}`);
      if (this.#reason === undefined) this.#close(1011, "");
    }
  }
}

function isOwnCode(code: number): boolean {
  return code === 1000 || code === 1001 || (Number.isInteger(code) && code >= 3000 && code <= 4999);
}
