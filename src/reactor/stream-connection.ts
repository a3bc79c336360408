/**
 * The part of a stream transport that is the same on every backend: its life, and the laws of
 * `transport.ts`. A backend derives from it, moves the bytes, and says what happened.
 */
import { concat } from "../core/bytes.ts";
import { SkeinError } from "../core/errors.ts";
import { Failure } from "../defer/failure.ts";
import {
  ConnectionAbortedError,
  ConnectionDoneError,
  ConnectionLostError,
  WriteOverflowError,
} from "./errors.ts";
import type { StreamProtocol, TCPAddress, Transport } from "./transport.ts";

const HIGH_WATER_BYTES = 64 * 1024;
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
const encoder = new TextEncoder();

type ReportError = (error: unknown, doing: string) => void;

/** open → closing (nothing is delivered any more) → lost. */
type State = "open" | "closing" | "lost";

export abstract class StreamConnection implements Transport {
  maxBufferedBytes: number = MAX_BUFFERED_BYTES;
  /** Bytes that were written too late to be sent. */
  droppedBytes = 0;
  readonly #report: ReportError;
  #state: State = "open";
  #protocol: StreamProtocol | undefined = undefined;
  /** Why it is being closed, when this side decided that. */
  #reason: Failure | undefined = undefined;
  #paused = false;
  #ended = (_reason: Failure): void => {};

  constructor(report: ReportError) {
    this.#report = report;
  }

  // --- what a backend provides ---

  abstract readonly bufferedBytes: number;
  abstract getHost(): TCPAddress;
  abstract getPeer(): TCPAddress;
  abstract setTcpNoDelay(enabled: boolean): void;
  abstract setTcpKeepAlive(enabled: boolean): void;
  /** Takes bytes to be sent in order; keeps them until they are. */
  protected abstract send(bytes: Uint8Array): void;
  /** Starts or stops reading. It is stopped until {@link start}. */
  protected abstract setReading(enabled: boolean): void;
  /** Closes once everything is sent; {@link lost} follows in a later turn. */
  protected abstract finish(): void;
  /** Closes at once; {@link lost} follows in a later turn. */
  protected abstract destroy(): void;

  // --- what a backend, or the owner, calls ---

  /** Hands the connection to its protocol; `ended` is called after the protocol's own last call. */
  start(protocol: StreamProtocol, ended: (reason: Failure) => void): void {
    this.#protocol = protocol;
    this.#ended = ended;
    try {
      protocol.makeConnection(this);
    } catch (error) {
      this.#protocolFailed(error, "connectionMade");
    }
    if (this.#state === "open" && !this.#paused) this.setReading(true);
  }

  /** Closes a connection that nobody wants, without a protocol. */
  refuse(): void {
    this.#state = "closing";
    this.finish();
  }

  protected received(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    try {
      this.#protocol?.dataReceived(bytes);
    } catch (error) {
      this.#protocolFailed(error, "dataReceived");
    }
  }

  /** The peer will send no more. Without half-close support that ends the connection. */
  protected endReceived(): void {
    this.loseConnection();
  }

  /**
   * It is closed, for `error` or else cleanly. The system's errors become ConnectionLostError.
   * Calls after the first do nothing.
   */
  protected lost(error?: Error): void {
    if (this.#state === "lost") return;
    this.#state = "lost";
    const reason = this.#reason ?? new Failure(endOf(error));
    try {
      this.#protocol?.connectionLost(reason);
    } catch (thrown) {
      this.#report(thrown, "calling a protocol's connectionLost");
    }
    this.#ended(reason);
  }

  // --- Transport ---

  get connected(): boolean {
    return this.#state === "open";
  }

  write(data: Uint8Array | string): boolean {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    if (this.#state !== "open") {
      this.droppedBytes += bytes.length;
      return false;
    }
    this.send(bytes);
    const buffered = this.bufferedBytes;
    if (buffered > this.maxBufferedBytes) {
      this.abortConnection(new WriteOverflowError(this.maxBufferedBytes));
    }
    return this.connected && buffered <= HIGH_WATER_BYTES;
  }

  writeSequence(pieces: Iterable<Uint8Array | string>): boolean {
    const encoded = Array.from(pieces, (piece) =>
      typeof piece === "string" ? encoder.encode(piece) : piece,
    );
    return this.write(concat(encoded));
  }

  loseConnection(reason?: Error): void {
    if (this.#state !== "open") return;
    if (reason !== undefined) this.#reason = new Failure(reason);
    this.#state = "closing";
    this.setReading(false);
    this.finish();
  }

  abortConnection(reason: Error = new ConnectionAbortedError()): void {
    if (this.#state === "lost") return;
    this.#state = "closing";
    this.#reason ??= new Failure(reason);
    this.setReading(false);
    this.destroy();
  }

  pauseProducing(): void {
    if (this.#paused || this.#state !== "open") return;
    this.#paused = true;
    if (this.#protocol !== undefined) this.setReading(false);
  }

  resumeProducing(): void {
    if (!this.#paused || this.#state !== "open") return;
    this.#paused = false;
    if (this.#protocol !== undefined) this.setReading(true);
  }

  #protocolFailed(error: unknown, method: string): void {
    this.#report(error, `calling a protocol's ${method}`);
    this.#reason ??= Failure.from(error);
    this.abortConnection();
  }
}

function endOf(error: Error | undefined): Error {
  if (error === undefined) return new ConnectionDoneError();
  if (error instanceof SkeinError) return error;
  return new ConnectionLostError(`the connection was lost: ${error.message}`, { cause: error });
}
