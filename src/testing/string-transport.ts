import { concat } from "../core/bytes.ts";
import {
  ConnectionAbortedError,
  ConnectionDoneError,
  WriteOverflowError,
} from "../reactor/errors.ts";
import type { TCPAddress, Transport } from "../reactor/transport.ts";

const HIGH_WATER_BYTES = 64 * 1024;
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export interface StringTransportOptions {
  /** What getHost() gives; 127.0.0.1, port 1 unless given. */
  host?: TCPAddress;
  /** What getPeer() gives; 127.0.0.1, port 2 unless given. */
  peer?: TCPAddress;
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
 * It calls nothing back: `connectionLost` is the test's to call, with {@link reason}.
 */
export class StringTransport implements Transport {
  maxBufferedBytes: number = MAX_BUFFERED_BYTES;
  /** 0, as everything is taken at once; a test may set it, to play a peer that is behind. */
  bufferedBytes = 0;
  /** Bytes that were written too late to be sent. */
  droppedBytes = 0;
  /** Whether the protocol has paused it. */
  paused = false;
  /** What the protocol has asked for; undefined while it has not. */
  tcpNoDelay: boolean | undefined = undefined;
  tcpKeepAlive: boolean | undefined = undefined;
  readonly #host: TCPAddress;
  readonly #peer: TCPAddress;
  #writes: Uint8Array[] = [];
  #state: "open" | "closing" | "aborted" = "open";
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

  /** Whether the protocol has closed it: by loseConnection() or by abortConnection(). */
  get disconnecting(): boolean {
    return this.#state !== "open";
  }

  /** Whether it was closed by abortConnection(). */
  get aborted(): boolean {
    return this.#state === "aborted";
  }

  /** Why the protocol has closed it, as its connectionLost would be told; else undefined. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  // --- Transport ---

  get connected(): boolean {
    return this.#state === "open";
  }

  write(data: Uint8Array | string): boolean {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    if (!this.connected) {
      this.droppedBytes += bytes.length;
      return false;
    }
    this.#writes.push(bytes);
    if (this.bufferedBytes > this.maxBufferedBytes) {
      this.abortConnection(new WriteOverflowError(this.maxBufferedBytes));
    }
    return this.bufferedBytes <= HIGH_WATER_BYTES;
  }

  writeSequence(pieces: Iterable<Uint8Array | string>): boolean {
    let mayGoOn = this.connected;
    for (const piece of pieces) mayGoOn = this.write(piece);
    return mayGoOn;
  }

  loseConnection(reason: Error = new ConnectionDoneError()): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#reason = reason;
  }

  abortConnection(reason: Error = new ConnectionAbortedError()): void {
    if (this.#state === "aborted") return;
    this.#state = "aborted";
    // A reason that was given to loseConnection() stays.
    if (this.#reason === undefined || this.#reason instanceof ConnectionDoneError) {
      this.#reason = reason;
    }
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

  getHost(): TCPAddress {
    return this.#host;
  }

  getPeer(): TCPAddress {
    return this.#peer;
  }
}
