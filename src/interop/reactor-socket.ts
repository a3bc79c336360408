/**
 * A connection of the reactor as a Duplex of node:stream, with the methods and fields of net.Socket
 * that libraries use. docs/interop.md has the line that each library needs.
 *
 * ```ts
 * import { createServer, get } from "node:http";
 * import { connectDuplex, serveDuplex } from "skein/interop";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock"); // or "libuv"
 * const stopped = reactor.run();
 * const server = createServer((_request, response) => response.end("all is well"));
 * await serveDuplex(reactor, 80, (socket) => server.emit("connection", socket));
 *
 * const createConnection = () => connectDuplex(reactor, "127.0.0.1", 80);
 * get({ createConnection }, (response) => {
 *   response.on("data", (text) => console.log(String(text))); // → all is well
 *   response.on("end", () => reactor.stop());
 * });
 * await stopped;
 *
 * // The reactor has stopped: there is nobody to connect to any more.
 * connectDuplex(reactor, "127.0.0.1", 80).on("error", (error: NodeJS.ErrnoException) => {
 *   console.log(error.code); // → ECONNREFUSED
 *   reactor.stop();
 * });
 * await reactor.run();
 * ```
 */
import { Duplex } from "node:stream";
import type { Failure } from "../defer/failure.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { ReactorStoppedError } from "../reactor/errors.ts";
import type { Connector, HalfCloseableProtocol, Transport } from "../reactor/transport.ts";
import { type ConnectTarget, dial, parseTarget } from "./dial.ts";
import { IdleTimer } from "./idle-timer.ts";
import { connectSocketError, endSocketError } from "./socket-error.ts";
import { family, type SocketAddress, tcpAddress } from "./socket-address.ts";
import { type Done, SocketWriter } from "./socket-writer.ts";

export interface ReactorSocketOptions {
  /** Whether the writing side stays open when the peer has ended its own; false unless given. */
  allowHalfOpen?: boolean;
}

/**
 * A Duplex that is a protocol: whatever takes a protocol can have it. As with net.Socket:
 *
 * - a write's callback is called when the system has taken the bytes, `false` from write() and
 *   'drain' say when to wait; a reader that is behind slows the peer down;
 * - `end()` closes this direction, `destroy()` all of it, `resetAndDestroy()` with a reset;
 *   `destroy()` while bytes wait to be sent loses them, and is a reset too;
 * - 'error' comes with Node's codes (the cause is skein's error), then 'close', last.
 *
 * Otherwise than with net.Socket: an error that a listener throws ends the connection, and goes to
 * the reactor's `onError`, and so does an 'error' that nobody listens for; when the reactor stops,
 * the socket is destroyed without an error; `ref()` and `unref()` do nothing, as the reactor's run
 * keeps the process alive; a timeout is a delayed call of the reactor; a socket connects once.
 */
export class ReactorSocket extends Duplex implements HalfCloseableProtocol {
  /** Milliseconds without a byte until 'timeout', as setTimeout() was told; undefined before. */
  timeout: number | undefined = undefined;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #reactor: Reactor<"tcp">;
  readonly #idle: IdleTimer;
  readonly #writer: SocketWriter = new SocketWriter(() => this.#idle.touch());
  #connector: Connector | undefined = undefined;
  #connecting = false;
  #transport: Transport | undefined = undefined;
  /** The transport has ended, or there will never be one. */
  #lost = false;
  /** The transport is paused. */
  #paused = false;
  /** The stream has asked for more since it last got something. */
  #wanted = false;
  #readEnded = false;
  /** destroy() is to be a reset. */
  #resets = false;
  #failed = false;
  #noDelay: boolean | undefined = undefined;
  #keepAlive: boolean | undefined = undefined;
  /** What waits for the connection: a write, or the end. */
  #held: { readonly go: () => void; readonly done: Done } | undefined = undefined;
  /** Waits for the end of this direction. */
  #finishing: Done | undefined = undefined;

  /** Not connected: {@link connect} does that, or whoever has a transport, by makeConnection. */
  constructor(reactor: Reactor<"tcp">, { allowHalfOpen = false }: ReactorSocketOptions = {}) {
    // The end of the transport is told by 'close', as net.Socket does with the end of its handle.
    super({ allowHalfOpen, emitClose: false });
    this.#reactor = reactor;
    this.#idle = new IdleTimer(reactor, () => this.emit("timeout"));
  }

  // --- net.Socket ---

  /**
   * Connects: `(port, host?, connected?)`, `(path, connected?)`, `({ port, host }, connected?)`. On
   * a socket that is connecting, or connected, it only adds the listener.
   *
   * @throws BadOptionError for a port that is none; NoCapabilityError for a path, on a reactor
   *   without UNIX sockets.
   */
  connect(target: number | string | ConnectTarget, ...more: unknown[]): this {
    const connected = more.find((argument) => typeof argument === "function");
    if (connected !== undefined) this.once("connect", connected as () => void);
    if (this.#connecting || this.#transport !== undefined || this.destroyed) return this;
    const to = parseTarget(target, more[0]);
    this.#connecting = true;
    dial(this.#reactor, to, {
      socket: this,
      started: (connector) => (this.#connector = connector),
      failed: (reason) => {
        this.#lost = true;
        if (this.destroyed) this.#emitClose();
        else this.destroy(connectSocketError(reason.value, to));
      },
    });
    return this;
  }

  get connecting(): boolean {
    return this.#connecting;
  }

  /** Whether there is no connection yet. */
  get pending(): boolean {
    return this.#transport === undefined;
  }

  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.#connecting) return "opening";
    if (this.#transport === undefined) return "closed";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  /** Whether it goes by TLS of the reactor's. */
  get encrypted(): boolean {
    return this.#transport?.encrypted ?? false;
  }

  /**
   * 'timeout' is emitted after so many milliseconds without a byte, on the reactor's clock; 0 ends
   * that. `idle` is added as a listener, once.
   */
  setTimeout(timeoutMs: number, idle?: () => void): this {
    if (this.destroyed) return this;
    this.timeout = timeoutMs;
    this.#idle.set(timeoutMs / 1000);
    if (idle === undefined) return this;
    if (timeoutMs === 0) this.removeListener("timeout", idle);
    else this.once("timeout", idle);
    return this;
  }

  setNoDelay(enabled = true): this {
    this.#noDelay = enabled;
    this.#transport?.setTcpNoDelay(enabled);
    return this;
  }

  /** The delay before the first probe is the system's. */
  setKeepAlive(enabled = false, _initialDelayMs?: number): this {
    this.#keepAlive = enabled;
    this.#transport?.setTcpKeepAlive(enabled);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Ends, and is destroyed when everything written has been sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Is destroyed, and the peer gets a reset. */
  resetAndDestroy(): this {
    this.#resets = true;
    return this.destroy();
  }

  /** This end's address; empty without a connection, or where it is no TCP address. */
  address(): SocketAddress | Record<string, never> {
    const host = tcpAddress(this.#transport?.getHost());
    if (host === undefined) return {};
    return { address: host.host, family: family(host.host), port: host.port };
  }

  get localAddress(): string | undefined {
    return tcpAddress(this.#transport?.getHost())?.host;
  }

  get localPort(): number | undefined {
    return tcpAddress(this.#transport?.getHost())?.port;
  }

  get localFamily(): string | undefined {
    return family(this.localAddress);
  }

  get remoteAddress(): string | undefined {
    return tcpAddress(this.#transport?.getPeer())?.host;
  }

  get remotePort(): number | undefined {
    return tcpAddress(this.#transport?.getPeer())?.port;
  }

  get remoteFamily(): string | undefined {
    return family(this.remoteAddress);
  }

  // --- the protocol: what the transport calls ---

  makeConnection(transport: Transport): void {
    this.#transport = transport;
    // The stream has the queue: what it hands over is to be taken by the system before it goes on.
    transport.highWaterBytes = transport.lowWaterBytes = 0;
    transport.maxBufferedBytes = Infinity;
    if (this.#noDelay !== undefined) transport.setTcpNoDelay(this.#noDelay);
    if (this.#keepAlive !== undefined) transport.setTcpKeepAlive(this.#keepAlive);
    if (this.destroyed) {
      this.#close(transport);
      return;
    }
    this.#idle.touch();
    const held = this.#held;
    this.#held = undefined;
    held?.go();
    if (!this.#connecting) return;
    this.#connecting = false;
    this.emit("connect");
    this.emit("ready");
  }

  dataReceived(data: Uint8Array): void {
    if (this.destroyed) return;
    this.bytesRead += data.length;
    this.#idle.touch();
    const bytes =
      data instanceof Buffer ? data : Buffer.from(data.buffer, data.byteOffset, data.length);
    if (this.#flows) {
      this.emit("data", bytes);
      return;
    }
    this.#wanted = false;
    const more = this.push(bytes);
    // A listener may have asked for more inside the push.
    if (more || this.#wanted) return;
    this.#paused = true;
    this.#transport?.pauseProducing();
  }

  readConnectionLost(): void {
    if (this.#readEnded) return;
    this.#readEnded = true;
    this.push(null);
    // Where nothing waits to be read, 'end' needs nobody who reads.
    this.read(0);
  }

  writeConnectionLost(): void {
    this.#finished();
  }

  connectionLost(reason: Failure): void {
    const { value } = reason;
    // First: what it may be destroyed with is followed by 'close' below.
    this.#writer.lost(value);
    this.#lost = true;
    this.#idle.cancel();
    const stopped = value instanceof ReactorStoppedError;
    const error = stopped ? undefined : endSocketError(value);
    this.#finished(error);
    if (this.destroyed) {
      this.#emitClose();
      return;
    }
    if (error !== undefined || stopped) {
      this.destroy(error);
      return;
    }
    // What has arrived may still be read; then the stream destroys itself.
    this.readConnectionLost();
    if (this.writable) this.end();
  }

  // --- the stream ---

  override _read(): void {
    this.#wanted = true;
    if (!this.#paused) return;
    this.#paused = false;
    this.#transport?.resumeProducing();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Done): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: Done): void {
    // node:http ends a message by a write of nothing.
    const pieces: Uint8Array[] = [];
    for (const { chunk } of chunks) if (chunk.length > 0) pieces.push(chunk);
    this.#send(pieces, done);
  }

  override _final(done: Done): void {
    const transport = this.#transport;
    if (this.#lost) {
      done();
    } else if (transport !== undefined) {
      this.#finishing = done;
      transport.loseWriteConnection();
    } else if (this.#connecting) {
      this.#held = { go: () => this._final(done), done };
    } else {
      done();
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#failed = error !== null;
    this.#idle.cancel();
    const transport = this.#transport;
    const waitsForEnd = !this.#lost && (this.#connecting || transport !== undefined);
    this.#connecting = false;
    if (transport === undefined) this.#connector?.stopConnecting();
    else this.#close(transport);
    // Node would end the process for an error that nobody listens for.
    const unheard = error !== null && this.listenerCount("error") === 0;
    if (unheard) this.#reactor.reportError(error, "using a socket");
    done(unheard ? null : error);
    const held = this.#held;
    this.#held = undefined;
    held?.done(error ?? closedBeforeConnection());
    if (!waitsForEnd) this.#emitClose();
  }

  // --- parts ---

  /**
   * Whether push() would emit 'data', and find in a later tick that there is no more to be read.
   * The first chunk is pushed in any case, as the stream remembers that there was one.
   */
  get #flows(): boolean {
    return (
      this.readableFlowing === true &&
      this.readableLength === 0 &&
      this.readableEncoding === null &&
      this.readableDidRead
    );
  }

  #send(pieces: readonly Uint8Array[], done: Done): void {
    const transport = this.#transport;
    if (transport === undefined) {
      this.#held = { go: () => this.#send(pieces, done), done };
      return;
    }
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    this.bytesWritten += bytes;
    this.#writer.send(transport, pieces, bytes, done);
  }

  #finished(error?: Error): void {
    const finishing = this.#finishing;
    this.#finishing = undefined;
    finishing?.(error);
  }

  #close(transport: Transport): void {
    // An end in order would say that all was sent.
    if (this.#resets || transport.bufferedBytes > 0) transport.abortConnection();
    else transport.loseConnection();
  }

  #emitClose(): void {
    // Behind the error, which is emitted at the next tick.
    process.nextTick(() => this.emit("close", this.#failed));
  }
}

function closedBeforeConnection(): Error {
  return Object.assign(new Error("the socket was closed before there was a connection"), {
    code: "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
  });
}
