import { bytesOf, concat } from "../../core/bytes.ts";
import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import type { PullProducer, PushProducer } from "../../reactor/producer.ts";
import type { PeerCertificate, StartTLSOptions } from "../../reactor/tls.ts";
import type { StreamAddress, StreamProtocol, Transport } from "../../reactor/transport.ts";
import { Protocol } from "../protocol.ts";

const EMPTY = new Uint8Array(0);

/**
 * Lies between a connection and its protocol: to the connection it is the protocol, and to the
 * protocol it is the transport. It changes nothing; derive from it, and override what is to be
 * different, calling `super` for the rest. `WrappingFactory` makes them.
 *
 * - `this.transport` is the connection, or the next wrapper.
 * - `connectionMade()` is called once, before the protocol's own.
 * - All that the protocol writes goes through `write()`.
 * - `dataReceived()` gets what arrived, also what the protocol has put back for the one that
 *   follows it: {@link fresh} says how much is new.
 * - `setProtocol()` replaces the wrapped protocol. The wrapper stays.
 *
 * An error that it throws is the protocol's own: it is reported, and ends the connection.
 */
export class ProtocolWrapper extends Protocol implements Transport {
  #wrapped: StreamProtocol;
  #made = false;
  /** To follow, if the connection lets it. */
  #next: { readonly protocol: StreamProtocol; readonly restBytes: number } | undefined = undefined;
  /** How much of what comes next has come before: it was put back. */
  #putBackBytes = 0;

  constructor(wrappedProtocol: StreamProtocol) {
    super();
    this.#wrapped = wrappedProtocol;
  }

  /** The protocol that now has the connection. */
  get wrappedProtocol(): StreamProtocol {
    return this.#wrapped;
  }

  // --- StreamProtocol: to the protocol ---

  override makeConnection(transport: Transport): void {
    if (this.#next !== undefined) {
      this.#wrapped = this.#next.protocol;
      this.#putBackBytes += this.#next.restBytes;
      this.#next = undefined;
    }
    // It is made again for each protocol that follows the first.
    if (!this.#made) {
      this.#made = true;
      super.makeConnection(transport);
    }
    this.#wrapped.makeConnection(this);
  }

  override handshakeCompleted(): void {
    this.#wrapped.handshakeCompleted?.();
  }

  override dataReceived(data: Uint8Array): void {
    this.#putBackBytes = Math.max(0, this.#putBackBytes - data.length);
    this.#wrapped.dataReceived(data);
  }

  /** How many of these bytes, given to dataReceived, are there for the first time. */
  protected fresh(data: Uint8Array): number {
    return Math.max(0, data.length - this.#putBackBytes);
  }

  /** There while the protocol has one: else the peer's end is the end of the connection. */
  get readConnectionLost(): (() => void) | undefined {
    if (this.#wrapped.readConnectionLost === undefined) return undefined;
    return () => this.#wrapped.readConnectionLost?.();
  }

  writeConnectionLost(): void {
    this.#wrapped.writeConnectionLost?.();
  }

  takeUnread(): Uint8Array {
    this.#putBackBytes = 0;
    return this.#wrapped.takeUnread?.() ?? EMPTY;
  }

  override connectionLost(reason: Failure): void {
    this.#wrapped.connectionLost(reason);
  }

  // --- Transport: from the protocol ---

  setProtocol(protocol: StreamProtocol, rest?: Uint8Array): void {
    this.#next = { protocol, restBytes: rest?.length ?? 0 };
    // Which makes this connection again, unless it has ended.
    this.transport.setProtocol(this, rest);
    this.#next = undefined;
  }

  write(data: Uint8Array | string): boolean {
    return this.transport.write(data);
  }

  writeSequence(pieces: Iterable<Uint8Array | string>): boolean {
    return this.write(concat(Array.from(pieces, bytesOf)));
  }

  loseConnection(reason?: Error): void {
    this.transport.loseConnection(reason);
  }

  abortConnection(reason?: Error): void {
    this.transport.abortConnection(reason);
  }

  loseWriteConnection(): void {
    this.transport.loseWriteConnection();
  }

  registerProducer(producer: PullProducer | PushProducer, streaming: boolean): void {
    // The compiler does not join the two kinds again.
    if (streaming) this.transport.registerProducer(producer as PushProducer, true);
    else this.transport.registerProducer(producer, false);
  }

  unregisterProducer(): void {
    this.transport.unregisterProducer();
  }

  whenDrained(): Deferred<void> {
    return this.transport.whenDrained();
  }

  pauseProducing(): void {
    this.transport.pauseProducing();
  }

  resumeProducing(): void {
    this.transport.resumeProducing();
  }

  stopProducing(): void {
    this.loseConnection();
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

  startTLS(options: StartTLSOptions): void {
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

  get bufferedBytes(): number {
    return this.transport.bufferedBytes;
  }

  get highWaterBytes(): number {
    return this.transport.highWaterBytes;
  }

  set highWaterBytes(bytes: number) {
    this.transport.highWaterBytes = bytes;
  }

  get lowWaterBytes(): number {
    return this.transport.lowWaterBytes;
  }

  set lowWaterBytes(bytes: number) {
    this.transport.lowWaterBytes = bytes;
  }

  get maxBufferedBytes(): number {
    return this.transport.maxBufferedBytes;
  }

  set maxBufferedBytes(bytes: number) {
    this.transport.maxBufferedBytes = bytes;
  }

  get closeTimeout(): number {
    return this.transport.closeTimeout;
  }

  set closeTimeout(seconds: number) {
    this.transport.closeTimeout = seconds;
  }

  get connected(): boolean {
    return this.transport.connected;
  }
}
