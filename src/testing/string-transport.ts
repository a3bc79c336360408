import { concat } from "../core/bytes.ts";
import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import {
  ConnectionAbortedError,
  ConnectionDoneError,
  WriteOverflowError,
} from "../reactor/errors.ts";
import { Flow } from "../reactor/flow.ts";
import {
  CLOSE_TIMEOUT_SECONDS,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  MAX_BUFFERED_BYTES,
} from "../reactor/limits.ts";
import type { PullProducer, PushProducer } from "../reactor/producer.ts";
import type { PeerCertificate, StartTLSOptions } from "../reactor/tls.ts";
import type { StreamAddress, StreamProtocol, Transport } from "../reactor/transport.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export interface StringTransportOptions {
  /** What getHost() gives; 127.0.0.1, port 1 unless given. */
  host?: StreamAddress;
  /** What getPeer() gives; 127.0.0.1, port 2 unless given. */
  peer?: StreamAddress;
}

/**
 * A transport without a connection: it keeps what a protocol writes and asks for, so that a test
 * can look at it. The test plays the reactor and the peer: it calls the protocol's methods.
 *
 * ```ts
 * import { LineReceiver } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * class Greeter extends LineReceiver {
 *   override lineReceived(line: string): void {
 *     if (line === "") this.transport.loseConnection();
 *     else this.sendLine(`hello, ${line}`);
 *   }
 * }
 * const transport = new StringTransport();
 * const greeter = new Greeter();
 * greeter.makeConnection(transport);
 *
 * const encoder = new TextEncoder();
 * greeter.dataReceived(encoder.encode("Ada\r\n"));
 * console.log(JSON.stringify(transport.text())); // → "hello, Ada\r\n"
 * greeter.dataReceived(encoder.encode("\r\n"));
 * console.log(transport.connected, transport.reason?.message);
 * // → false the connection was closed cleanly
 * ```
 *
 * It calls nothing back but producers, and a protocol that it is given by setProtocol():
 * `connectionLost` is the test's to call, with what {@link lose} returns. A producer's errors come
 * out of the call that called it.
 */
export class StringTransport implements Transport {
  highWaterBytes: number = HIGH_WATER_BYTES;
  lowWaterBytes: number = LOW_WATER_BYTES;
  maxBufferedBytes: number = MAX_BUFFERED_BYTES;
  /** Nothing passes here, time neither. */
  closeTimeout: number = CLOSE_TIMEOUT_SECONDS;
  /**
   * 0, as everything is taken at once; a test may set it, to play a peer that is behind, and play
   * one that catches up by {@link drain}.
   */
  bufferedBytes = 0;
  /** Bytes that were written too late to be sent. */
  droppedBytes = 0;
  /** Whether the protocol has paused it. */
  paused = false;
  /** What the protocol has asked for; undefined while it has not. */
  tcpNoDelay: boolean | undefined = undefined;
  tcpKeepAlive: boolean | undefined = undefined;
  /** What the protocol has called startTLS() with. */
  tls: StartTLSOptions | undefined = undefined;
  /** A test may set it, to play a handshake that has ended well. */
  encrypted = false;
  /** What getPeerCertificate() gives: a test may set it. */
  peerCertificate: PeerCertificate | undefined = undefined;
  /** What registerProducer() was given; undefined without one. */
  producer: PullProducer | PushProducer | undefined = undefined;
  /** Whether that is a push producer. */
  streaming = false;
  /** Undefined, unless a test sets it. */
  negotiatedProtocol: string | undefined = undefined;
  /** The protocol that setProtocol() was given; undefined while it was not. */
  protocol: StreamProtocol | undefined = undefined;
  /** What setProtocol() was given for that protocol to receive first: the test's to hand over. */
  rest: Uint8Array = new Uint8Array(0);
  readonly #host: StreamAddress;
  readonly #peer: StreamAddress;
  readonly #flow: Flow = new Flow((error) => {
    throw error;
  });
  #writes: Uint8Array[] = [];
  #state: "open" | "closing" | "aborted" = "open";
  /** The test has played the end. */
  #lost = false;
  /** The protocol has closed its direction. */
  #writeEnding = false;
  #reason: Error | undefined = undefined;

  constructor(options: StringTransportOptions = {}) {
    this.#host = options.host ?? { type: "TCP", host: "127.0.0.1", port: 1 };
    this.#peer = options.peer ?? { type: "TCP", host: "127.0.0.1", port: 2 };
  }

  // --- for the test ---

  /** Everything written since the beginning, or the last {@link clear}. */
  bytes(): Uint8Array {
    return concat(this.#writes);
  }

  /** As {@link bytes}, by its name in Twisted. */
  value(): Uint8Array {
    return this.bytes();
  }

  /** The same as text, from UTF-8. */
  text(): string {
    return decoder.decode(this.bytes());
  }

  /** The pieces in which it was written. */
  get writes(): readonly Uint8Array[] {
    return this.#writes;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#writes = [];
  }

  /** Plays a peer that has taken everything: producers go on, and whenDrained() fires. */
  drain(): void {
    this.bufferedBytes = 0;
    if (this.#writable) this.#flow.caughtUp();
  }

  /**
   * Plays the end, by `reason` where the protocol has given none: stops the producer, and fails
   * whenDrained(). Returns what connectionLost is then to be told.
   */
  lose(reason: Error = new ConnectionDoneError()): Failure {
    if (this.#state === "open") this.#state = "closing";
    this.#reason ??= reason;
    const failure = new Failure(this.#reason);
    if (!this.#lost) {
      this.#lost = true;
      this.producer = undefined;
      this.streaming = false;
      this.#flow.end(failure);
    }
    return failure;
  }

  /** Whether the protocol has closed its direction, by loseWriteConnection(). */
  get writeDisconnecting(): boolean {
    return this.#writeEnding;
  }

  /** Whether it was closed: by loseConnection() or abortConnection(), or by {@link lose}. */
  get disconnecting(): boolean {
    return this.#state !== "open";
  }

  /** Whether it was closed by abortConnection(). */
  get aborted(): boolean {
    return this.#state === "aborted";
  }

  /** Why it was closed, as the protocol's connectionLost would be told; else undefined. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  // --- Transport ---

  get connected(): boolean {
    return this.#state === "open";
  }

  write(data: Uint8Array | string): boolean {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    if (!this.#writable) {
      this.droppedBytes += bytes.length;
      this.#flow.pause();
      return false;
    }
    this.#writes.push(bytes);
    if (this.bufferedBytes > this.maxBufferedBytes) {
      this.abortConnection(new WriteOverflowError(this.maxBufferedBytes));
      return false;
    }
    if (this.bufferedBytes <= this.highWaterBytes) return true;
    this.#flow.fellBehind();
    return false;
  }

  writeSequence(pieces: Iterable<Uint8Array | string>): boolean {
    let mayGoOn = this.#writable;
    for (const piece of pieces) mayGoOn = this.write(piece);
    return mayGoOn;
  }

  loseConnection(reason: Error = new ConnectionDoneError()): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#reason = reason;
  }

  abortConnection(reason: Error = new ConnectionAbortedError()): void {
    if (this.#state === "aborted" || this.#lost) return;
    this.#state = "aborted";
    // A reason that was given to loseConnection() stays.
    if (this.#reason === undefined || this.#reason instanceof ConnectionDoneError) {
      this.#reason = reason;
    }
  }

  loseWriteConnection(): void {
    if (this.connected) this.#writeEnding = true;
  }

  registerProducer(producer: PullProducer | PushProducer, streaming: boolean): void {
    if (!this.#writable) {
      producer.stopProducing();
      return;
    }
    if (this.producer === undefined) {
      // Before: a pull producer is asked from inside, and may unregister itself.
      this.producer = producer;
      this.streaming = streaming;
    }
    this.#flow.register(producer, streaming);
  }

  unregisterProducer(): void {
    this.producer = undefined;
    this.streaming = false;
    this.#flow.unregister();
  }

  whenDrained(): Deferred<void> {
    if (this.#lost) return fail(this.#reason);
    return this.#writable ? this.#flow.whenCaughtUp() : this.#flow.whenEnded();
  }

  setProtocol(protocol: StreamProtocol, rest: Uint8Array = new Uint8Array(0)): void {
    if (this.#lost) return;
    this.protocol = protocol;
    this.rest = rest;
    protocol.makeConnection(this);
  }

  stopProducing(): void {
    this.loseConnection();
  }

  /** Whether what is written is still sent: a pull producer may write until it unregisters. */
  get #writable(): boolean {
    if (this.#state === "aborted" || this.#lost) return false;
    return (this.#state === "open" && !this.#writeEnding) || this.#flow.pulls;
  }

  pauseProducing(): void {
    if (this.connected) this.paused = true;
  }

  resumeProducing(): void {
    if (this.connected) this.paused = false;
  }

  setTcpNoDelay(enabled: boolean): void {
    this.tcpNoDelay = enabled;
  }

  setTcpKeepAlive(enabled: boolean): void {
    this.tcpKeepAlive = enabled;
  }

  getHost(): StreamAddress {
    return this.#host;
  }

  getPeer(): StreamAddress {
    return this.#peer;
  }

  /** Keeps the options; nothing is encrypted, and no handshake ends. */
  startTLS(options: StartTLSOptions): void {
    if (this.connected) this.tls = options;
  }

  getPeerCertificate(): PeerCertificate | undefined {
    return this.peerCertificate;
  }
}
