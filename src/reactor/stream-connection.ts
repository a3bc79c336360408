/**
 * The part of a stream transport that is the same on every backend: its life, and the laws of
 * `transport.ts`. A backend derives from it, moves the bytes, and says what happened.
 */
import { bytesOf, concat } from "../core/bytes.ts";
import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import type { DelayedCall } from "./capabilities.ts";
import { closedTooLate, endOf, peerOf } from "./end-of.ts";
import { ConnectionAbortedError, WriteOverflowError } from "./errors.ts";
import { Flow } from "./flow.ts";
import * as limits from "./limits.ts";
import type { Openable } from "./open-things.ts";
import type { PullProducer, PushProducer } from "./producer.ts";
import type { PeerCertificate, StartTLSOptions } from "./tls.ts";
import type { StreamAddress, StreamProtocol, Transport } from "./transport.ts";
import { textOf } from "./unix-name.ts";

/** What a started connection needs of its reactor. */
export type ConnectionLoop = Pick<Loop, "callLater" | "callFromThread" | "timed">;
/** Told of the end of a connection. */
export type Ended = (reason: Failure, connection: StreamConnection) => void;

/** open → closing (nothing is delivered any more) → lost. */
type State = "open" | "closing" | "lost";

export abstract class StreamConnection implements Transport, Openable {
  highWaterBytes: number = limits.HIGH_WATER_BYTES;
  lowWaterBytes: number = limits.LOW_WATER_BYTES;
  maxBufferedBytes: number = limits.MAX_BUFFERED_BYTES;
  closeTimeout: number = limits.CLOSE_TIMEOUT_SECONDS;
  /** Bytes that were written too late to be sent. */
  droppedBytes = 0;
  readonly #report: Loop["reportError"];
  #loop: ConnectionLoop | undefined = undefined;
  #state: State = "open";
  /** Whether what is written is still sent. */
  #writable = true;
  /** This side's direction is to end, or has. */
  #writeEnding = false;
  /** The peer's direction has ended. */
  #readEnded = false;
  #protocol: StreamProtocol | undefined = undefined;
  /** Why it is being closed, when this side decided that; in the end, why it was. */
  protected reason: Failure | undefined = undefined;
  #paused = false;
  /** What the protocol before this one has left for it. */
  #rest: Uint8Array | undefined = undefined;
  /** The end has come, and was not delivered yet. */
  #endWaits = false;
  /** Made for those who need it; most connections never do. */
  #flow: Flow | undefined = undefined;
  /** The backend was asked to tell when bytes have been taken. */
  #flushing = false;
  /** Until when the peer has to take what was written, while it is closing. */
  #deadline: DelayedCall | undefined = undefined;
  #ended: Ended | undefined = undefined;

  constructor(report: Loop["reportError"]) {
    this.#report = report;
  }

  // --- what a backend provides ---

  abstract readonly bufferedBytes: number;
  abstract getHost(): StreamAddress;
  abstract getPeer(): StreamAddress;
  abstract startTLS(options: StartTLSOptions): void;
  abstract readonly encrypted: boolean;
  abstract readonly negotiatedProtocol: string | undefined;
  abstract getPeerCertificate(): PeerCertificate | undefined;
  abstract setTcpNoDelay(enabled: boolean): void;
  abstract setTcpKeepAlive(enabled: boolean): void;
  /** Takes bytes to be sent in order; keeps them until they are. */
  protected abstract send(bytes: Uint8Array): void;
  /** Calls {@link flushed} once, in a later turn, when some or all of what now waits was taken. */
  protected abstract flush(): void;
  /** Starts or stops reading. It is stopped until {@link start}. */
  protected abstract setReading(enabled: boolean): void;
  /** Ends this direction once everything is sent; {@link writeEnded} follows in a later turn. */
  protected abstract finishWriting(): void;
  /** Closes once everything is sent; {@link lost} follows in a later turn. */
  protected abstract finish(): void;
  /** Closes at once; {@link lost} follows in a later turn. */
  protected abstract destroy(): void;
  /** For a backend that keeps the deadline itself, as it delays the peer: Infinity. */
  protected closingSeconds(): number {
    return this.closeTimeout;
  }

  get kind(): string {
    return "connection";
  }

  describe(): string {
    return `${textOf(this.getHost())} with ${textOf(this.getPeer())}`;
  }

  // --- what a backend, or the owner, calls ---

  /** Hands the connection to its protocol; `ended` is called after the protocol's own last call. */
  start(protocol: StreamProtocol, ended: Ended, loop: ConnectionLoop): void {
    this.#ended = ended;
    this.#loop = loop;
    this.#make(protocol);
    if (this.#state === "open" && !this.#paused) this.setReading(true);
  }

  /** Closes a connection that nobody wants, without a protocol; `ended` is called when it has. */
  refuse(ended: Ended): void {
    this.#ended = ended;
    this.#state = "closing";
    this.finish();
  }

  /** Aborts it, with this reason, even if loseConnection() was given another. */
  cutOff(reason: Error): void {
    if (this.#state === "lost") return;
    this.reason = new Failure(reason);
    this.abortConnection();
  }

  protected received(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    if (this.#rest === undefined) {
      this.#deliver(bytes);
      return;
    }
    this.#rest = concat([this.#rest, bytes]);
    this.#deliverWaiting();
  }

  /** The peer will send no more. */
  protected endReceived(): void {
    if (this.#state !== "open" || this.#readEnded) return;
    this.#endWaits = true;
    this.#deliverWaiting();
  }

  /** This side's direction has ended, everything being sent. */
  protected writeEnded(): void {
    if (this.#state !== "open") return;
    this.tell("writeConnectionLost", (protocol) => protocol.writeConnectionLost?.());
  }

  /** Some of what waited was taken. */
  protected flushed(): void {
    this.#flushing = false;
    if (!this.#writable) return;
    if (this.bufferedBytes > this.lowWaterBytes) return this.#awaitFlush();
    if (this.#state === "closing") this.#setDeadline();
    this.#flow?.caughtUp();
  }

  /** The last words are written, and may wait: the peer is not waited for for ever. */
  protected closingWaits(): void {
    if (this.#state === "closing" && this.#deadline?.active !== true) this.#setDeadline();
  }

  /** It is closed, for `error` or else cleanly. Calls after the first do nothing. */
  protected lost(error?: Error): void {
    if (this.#state === "lost") return;
    this.#state = "lost";
    this.#writable = false;
    if (this.#deadline?.active === true) this.#deadline.cancel();
    const reason = (this.reason ??= new Failure(endOf(error, this)));
    this.#flow?.end(reason);
    this.tell("connectionLost", (protocol) => protocol.connectionLost(reason));
    this.#ended?.(reason, this);
  }

  // --- Transport: writing ---

  get connected(): boolean {
    return this.#state === "open";
  }

  write(data: Uint8Array | string): boolean {
    const bytes = bytesOf(data);
    if (!this.#writable) return this.#drop(bytes);
    this.send(bytes);
    const buffered = this.bufferedBytes;
    const usual = buffered <= Math.min(this.highWaterBytes, this.maxBufferedBytes);
    return (usual && this.#flow === undefined) || this.#wrote(buffered);
  }

  writeSequence(pieces: Iterable<Uint8Array | string>): boolean {
    return this.write(concat(Array.from(pieces, bytesOf)));
  }

  registerProducer(producer: PullProducer | PushProducer, streaming: boolean): void {
    const flow = this.#getFlow();
    if (this.#writable) return flow.register(producer, streaming);
    try {
      producer.stopProducing();
    } catch (error) {
      this.#report(error, "calling a producer's stopProducing");
    }
  }

  unregisterProducer(): void {
    this.#flow?.unregister();
    // What had to wait for a pull producer.
    if (this.#writable && (this.#writeEnding || this.#state === "closing")) this.#finish();
  }

  whenDrained(): Deferred<void> {
    if (this.#state === "lost") return fail(this.reason);
    const flow = this.#getFlow();
    return this.#writable ? flow.whenCaughtUp() : flow.whenEnded();
  }

  // --- Transport: ending ---

  loseConnection(reason?: Error): void {
    if (this.#state !== "open") return;
    if (reason !== undefined) this.reason = new Failure(reason);
    this.#state = "closing";
    this.setReading(false);
    const pulls = this.#writable && this.#flow?.pulls === true;
    if (pulls || this.bufferedBytes > 0) this.#setDeadline();
    if (!pulls) this.#finish();
  }

  loseWriteConnection(): void {
    if (this.#state !== "open" || this.#writeEnding) return;
    this.#writeEnding = true;
    if (this.#readEnded && !this.#endWaits) this.loseConnection();
    else if (this.#flow?.pulls !== true) this.#finish();
  }

  abortConnection(reason: Error = new ConnectionAbortedError()): void {
    if (this.#state === "lost") return;
    this.#state = "closing";
    this.#writable = false;
    this.reason ??= new Failure(reason);
    this.setReading(false);
    this.destroy();
  }

  // --- Transport: receiving ---

  setProtocol(protocol: StreamProtocol, rest?: Uint8Array): void {
    if (this.#state === "lost") return;
    if (rest !== undefined && rest.length > 0) {
      this.#rest = this.#rest === undefined ? rest : concat([rest, this.#rest]);
    }
    // The old one may have been told of the end; the new one was not.
    this.#endWaits ||= this.#readEnded;
    this.#deliverSoon();
    this.#make(protocol);
  }

  pauseProducing(): void {
    if (this.#paused || this.#state !== "open") return;
    this.#paused = true;
    if (this.#protocol !== undefined) this.setReading(false);
  }

  resumeProducing(): void {
    if (!this.#paused || this.#state !== "open") return;
    this.#paused = false;
    this.#deliverSoon();
    if (this.#protocol !== undefined && !this.#readEnded) this.setReading(true);
  }

  stopProducing(): void {
    this.loseConnection();
  }

  // --- parts: writing ---

  #drop(bytes: Uint8Array): boolean {
    this.droppedBytes += bytes.length;
    // A push producer learns that this leads nowhere; in the end it is stopped.
    this.#flow?.pause();
    return false;
  }

  #wrote(buffered: number): boolean {
    if (buffered > this.maxBufferedBytes) {
      this.abortConnection(new WriteOverflowError(this.maxBufferedBytes, peerOf(this)));
      return false;
    }
    // A pull producer's last words: now it is the peer that is waited for, and not the producer.
    if (this.#state === "closing") this.#setDeadline();
    const flow = this.#getFlow();
    const behind = buffered > this.highWaterBytes;
    if (behind || flow.pulls) this.#awaitFlush();
    if (behind) flow.fellBehind();
    return !behind;
  }

  #awaitFlush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    if (this.bufferedBytes > 0) this.flush();
    else this.#loop?.callFromThread(() => this.flushed());
  }

  #getFlow(): Flow {
    return (this.#flow ??= new Flow((error, what) => this.#failed(error, `producer's ${what}`)));
  }

  // --- parts: ending ---

  /** Nothing more is written, and what was is sent. */
  #finish(): void {
    this.#writable = false;
    if (this.#state === "closing") this.finish();
    else this.finishWriting();
  }

  #setDeadline(): void {
    const seconds = this.closingSeconds();
    if (this.#deadline?.active === true) this.#deadline.cancel();
    if (seconds === Infinity) return;
    this.#deadline = this.#loop?.callLater(seconds, () => {
      this.cutOff(closedTooLate(this, seconds, this.reason));
    });
  }

  /** What is called here was this connection's own: it ends, if it has not. */
  #failed(error: unknown, whose: string): void {
    this.#report(error, `calling a ${whose}`);
    this.reason ??= Failure.from(error);
    this.abortConnection();
  }

  // --- parts: receiving ---

  #make(protocol: StreamProtocol): void {
    this.#protocol = protocol;
    this.tell("connectionMade", () => {
      const timed = this.#loop?.timed("protocol", protocol) ?? protocol;
      this.#protocol = timed;
      timed.makeConnection(this);
    });
  }

  #deliver(bytes: Uint8Array): void {
    try {
      this.#protocol?.dataReceived(bytes);
    } catch (error) {
      this.#failed(error, "protocol's dataReceived");
    }
  }

  #deliverSoon(): void {
    if (this.#rest === undefined && !this.#endWaits) return;
    this.#loop?.callFromThread(() => this.#deliverWaiting());
  }

  /** What could not be delivered when it came, in its order. */
  #deliverWaiting(): void {
    const rest = this.#rest;
    if (rest !== undefined && this.#delivers()) {
      this.#rest = undefined;
      this.#deliver(rest);
    }
    if (!this.#endWaits || this.#rest !== undefined || !this.#delivers()) return;
    this.#endWaits = false;
    this.#readEnded = true;
    this.#endReading();
  }

  #delivers(): boolean {
    return this.#state === "open" && !this.#paused;
  }

  #endReading(): void {
    // Nothing more can come but a reset, and who is not writing does not hear of that.
    this.setReading(false);
    if (this.#protocol?.readConnectionLost === undefined) {
      this.loseConnection();
      return;
    }
    this.tell("readConnectionLost", (protocol) => protocol.readConnectionLost?.());
    if (this.#writeEnding && !this.#endWaits) this.loseConnection();
  }

  /** What came before, and was not delivered, is somebody else's now. */
  protected takeRest(): Uint8Array {
    const rest = this.#rest ?? new Uint8Array(0);
    this.#rest = undefined;
    return rest;
  }

  protected tell(method: string, call: (protocol: StreamProtocol) => void): void {
    try {
      if (this.#protocol !== undefined) call(this.#protocol);
    } catch (error) {
      this.#failed(error, `protocol's ${method}`);
    }
  }
}
