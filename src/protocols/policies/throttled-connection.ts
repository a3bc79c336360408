import { ByteQueue } from "../../core/byte-queue.ts";
import { concat } from "../../core/bytes.ts";
import type { Failure } from "../../defer/failure.ts";
import type { DelayedCall, ReactorCore } from "../../reactor/capabilities.ts";
import { closedTooLate } from "../../reactor/end-of.ts";
import { type ConnectionLoop, StreamConnection } from "../../reactor/stream-connection.ts";
import type { PullProducer, PushProducer } from "../../reactor/producer.ts";
import type { PeerCertificate, StartTLSOptions } from "../../reactor/tls.ts";
import type { StreamAddress, StreamProtocol, Transport } from "../../reactor/transport.ts";
import { NotConnectedError } from "../errors.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** What is sent at a time: short enough for others to have their turn. */
const PIECE_BYTES = 16 * 1024;

/** What it needs of a reactor. */
export type ThrottlingLoop = ConnectionLoop & Pick<ReactorCore, "reportError">;

/** The pace of a connection; a direction without a bucket has none. */
export interface Pace {
  readonly read: TokenBucket | undefined;
  readonly write: TokenBucket | undefined;
}

/**
 * A connection whose wire is another connection, which it uses no faster than its buckets allow. To
 * the other one it is the protocol. What a transport is to its protocol is StreamConnection's.
 */
export class ThrottledConnection extends StreamConnection implements StreamProtocol {
  readonly #loop: ThrottlingLoop;
  readonly #pace: Pace;
  readonly #protocol: StreamProtocol;
  #transport: Transport | undefined = undefined;
  /** Written, and not allowed to go yet. */
  readonly #queue = new ByteQueue();
  /** Tokens that are reserved for the next piece, while it waits for them. */
  #reserved = 0;
  #sending: DelayedCall | undefined = undefined;
  /** While the wire has not taken the last piece. */
  #wireBehind = false;
  /** Registered with the wire, which so stays open until what waits has gone. */
  #holding = false;
  /** The protocol has a pull producer. */
  #pulling = false;
  #flushWanted = false;
  /** What is to be done when the queue is empty. */
  #afterwards: (() => void) | undefined = undefined;
  /** All is handed to the wire; the rest is its own. */
  #finished = false;
  #deadline: DelayedCall | undefined = undefined;
  #wireReadEnded = false;
  /** As the protocol wants it. */
  #reading = false;
  /** Until the bytes that were read are paid for. */
  #resting: DelayedCall | undefined = undefined;

  constructor(protocol: StreamProtocol, loop: ThrottlingLoop, pace: Pace) {
    super((error, doing) => loop.reportError(error, doing));
    this.#protocol = protocol;
    this.#loop = loop;
    this.#pace = pace;
  }

  /** The connection, or the next wrapper. */
  get transport(): Transport {
    if (this.#transport === undefined) throw new NotConnectedError();
    return this.#transport;
  }

  // --- StreamProtocol: what happens on the wire ---

  makeConnection(transport: Transport): void {
    // It is made again by setProtocol().
    if (this.#transport !== undefined) return;
    this.#transport = transport;
    // What waits is to wait here, and deadlines are kept here.
    transport.highWaterBytes = transport.lowWaterBytes = 0;
    transport.closeTimeout = Infinity;
    this.start(this.#protocol, () => {}, this.#loop);
  }

  handshakeCompleted(): void {
    if (this.connected)
      this.tell("handshakeCompleted", (protocol) => protocol.handshakeCompleted?.());
  }

  dataReceived(data: Uint8Array): void {
    const seconds = this.#pace.read?.reserve(data.length) ?? 0;
    if (seconds > 0) this.#rest(seconds);
    this.received(data);
  }

  readConnectionLost(): void {
    this.#wireReadEnded = true;
    this.endReceived();
  }

  writeConnectionLost(): void {
    this.writeEnded();
  }

  takeUnread(): Uint8Array {
    const later = this.takeRest();
    let unread = later;
    this.tell("takeUnread", (protocol) => {
      const taken = protocol.takeUnread?.();
      if (taken !== undefined) unread = concat([taken, later]);
    });
    return unread;
  }

  connectionLost(reason: Failure): void {
    this.#forget();
    this.reason ??= reason;
    this.lost();
  }

  // --- StreamConnection: what is done to the wire ---

  protected override send(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#send();
  }

  protected override flush(): void {
    this.#flushWanted = true;
    if (this.#queue.length === 0 && !this.#wireBehind) this.#tellFlushed();
  }

  protected override setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (!enabled) this.transport.pauseProducing();
    else if (this.#resting === undefined) this.transport.resumeProducing();
  }

  protected override finishWriting(): void {
    this.#whenSent(() => this.transport.loseWriteConnection());
  }

  protected override finish(): void {
    this.#whenSent(() => {
      this.#finished = true;
      this.transport.closeTimeout = this.closeTimeout;
      this.transport.loseConnection(this.reason?.value as Error | undefined);
    });
  }

  protected override destroy(): void {
    this.#forget();
    this.transport.abortConnection(this.reason?.value as Error | undefined);
  }

  /** The time in which the pace keeps the peer waiting is not the peer's: see `#setDeadline`. */
  protected override closingSeconds(): number {
    return Infinity;
  }

  // --- Transport ---

  override loseConnection(reason?: Error): void {
    super.loseConnection(reason);
    this.#setDeadline();
  }

  override setProtocol(protocol: StreamProtocol, rest?: Uint8Array): void {
    // The new one has not been told of the end: until it is, the wire has not told it either, and
    // does not take the end of the other direction for that of all.
    if (this.#wireReadEnded) this.transport.setProtocol(this);
    super.setProtocol(protocol, rest);
  }

  override registerProducer(producer: PullProducer | PushProducer, streaming: boolean): void {
    super.registerProducer(producer, streaming);
    this.#pulling = !streaming;
    if (this.#pulling) this.#hold();
  }

  override unregisterProducer(): void {
    this.#pulling = false;
    super.unregisterProducer();
    this.#release();
  }

  override get connected(): boolean {
    return super.connected && this.#transport?.connected === true;
  }

  get bufferedBytes(): number {
    return this.#queue.length + (this.#transport?.bufferedBytes ?? 0);
  }

  /** What was written before goes first, and at once: it must not be in TLS. */
  startTLS(options: StartTLSOptions): void {
    const waiting = this.#queue.takeAll();
    this.#pace.write?.reserve(waiting.length - this.#reserved);
    this.#reserved = 0;
    if (waiting.length > 0) this.#wireBehind = !this.transport.write(waiting);
    this.#send();
    this.transport.startTLS(options);
  }

  get encrypted(): boolean {
    return this.transport.encrypted;
  }

  getPeerCertificate(): PeerCertificate | undefined {
    return this.transport.getPeerCertificate();
  }

  get negotiatedProtocol(): string | undefined {
    return this.transport.negotiatedProtocol;
  }

  setTcpNoDelay(enabled: boolean): void {
    this.transport.setTcpNoDelay(enabled);
  }

  setTcpKeepAlive(enabled: boolean): void {
    this.transport.setTcpKeepAlive(enabled);
  }

  getHost(): StreamAddress {
    return this.transport.getHost();
  }

  getPeer(): StreamAddress {
    return this.transport.getPeer();
  }

  // --- parts: writing ---

  /** Sends what may go now, piece by piece. */
  #send(): void {
    // Somebody else may have closed the wire: the reactor, that stops. What waits still goes.
    if (super.connected && !this.connected) this.loseConnection();
    while (this.#queue.length > 0 && this.#sending === undefined && !this.#wireBehind) {
      if (this.#reserved === 0 && !this.#reserve()) break;
      const piece = this.#queue.take(this.#reserved);
      this.#reserved = 0;
      this.#wireBehind = !this.transport.write(piece);
      if (!this.#wireBehind) this.#tellFlushed();
    }
    if (this.#queue.length === 0) {
      const afterwards = this.#afterwards;
      this.#afterwards = undefined;
      afterwards?.();
    }
    if (this.#queue.length > 0 || this.#wireBehind) this.#hold();
    else this.#release();
    this.#setDeadline();
  }

  /** Whether the next piece may go now; else it will, in a later turn. */
  #reserve(): boolean {
    const { write } = this.#pace;
    const most = write === undefined ? Infinity : Math.min(PIECE_BYTES, write.most);
    this.#reserved = Math.min(this.#queue.length, Math.max(1, Math.floor(most)));
    const seconds = write?.reserve(this.#reserved) ?? 0;
    if (seconds === 0) return true;
    this.#sending = this.#loop.callLater(seconds, () => {
      this.#sending = undefined;
      this.#send();
    });
    return false;
  }

  /** The wire asks for more whenever it has sent what it had. */
  #hold(): void {
    if (this.#holding) return;
    let asking = true;
    const puller: PullProducer = {
      resumeProducing: () => {
        // As it is registered, it is asked once whatever waits.
        if (asking) return;
        this.#wireBehind = false;
        this.#tellFlushed();
        this.#send();
      },
      stopProducing: () => {}, // connectionLost follows
    };
    this.#holding = true;
    this.transport.registerProducer(puller, false);
    asking = false;
  }

  #release(): void {
    if (!this.#holding || this.#pulling || this.#wireBehind || this.#queue.length > 0) return;
    this.#holding = false;
    this.transport.unregisterProducer();
  }

  #tellFlushed(): void {
    if (!this.#flushWanted) return;
    this.#flushWanted = false;
    this.#loop.callFromThread(() => {
      this.flushed();
      this.#setDeadline();
    });
  }

  #whenSent(action: () => void): void {
    if (this.#queue.length === 0) action();
    else this.#afterwards = action;
  }

  /** While it is closing, it is the peer that is slow, or the producer, unless it is the pace. */
  #setDeadline(): void {
    cancel(this.#deadline);
    const seconds = this.closeTimeout;
    const theirs = this.#wireBehind || this.#queue.length === 0;
    if (super.connected || this.#finished || !theirs || seconds === Infinity) return;
    this.#deadline = this.#loop.callLater(seconds, () => {
      this.cutOff(closedTooLate(this, seconds, this.reason));
    });
  }

  // --- parts: reading ---

  #rest(seconds: number): void {
    this.transport.pauseProducing();
    cancel(this.#resting);
    this.#resting = this.#loop.callLater(seconds, () => {
      this.#resting = undefined;
      if (this.#reading) this.transport.resumeProducing();
    });
  }

  #forget(): void {
    this.#finished = true;
    this.#queue.takeAll();
    for (const call of [this.#sending, this.#resting, this.#deadline]) cancel(call);
    this.#pace.write?.giveBack(this.#reserved);
    this.#reserved = 0;
  }
}

function cancel(call: DelayedCall | undefined): void {
  if (call?.active === true) call.cancel();
}
