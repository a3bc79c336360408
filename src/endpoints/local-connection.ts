/** Connections inside one reactor: what one end writes, the other reads, by way of memory. */
import { copyOf } from "../core/bytes.ts";
import { Fifo } from "../core/fifo.ts";
import { SecurableConnection } from "../reactor/securable-connection.ts";
import type { StreamAddress } from "../reactor/transport.ts";
import type { LocalTurns } from "./local-turns.ts";

/** So much is taken from a writer before its peer reads it, as systems do. */
const WINDOW_BYTES = 64 * 1024;
/** So much is delivered in one turn: others have theirs. */
const TURN_BYTES = 256 * 1024;

const FIN = Symbol("fin");
const RESET = Symbol("reset");

export class LocalConnection extends SecurableConnection {
  readonly #turns: LocalTurns;
  readonly #host: StreamAddress;
  readonly #peer: StreamAddress;
  #other!: LocalConnection;
  /** For the other end, which has not read it yet. */
  readonly #outbox = new Fifo<Uint8Array | typeof FIN | typeof RESET>();
  #outboxBytes = 0;
  #reading = false;
  /** A turn to read in was asked for. */
  #readingSoon = false;
  #flushWanted = false;
  /** This direction is to end once everything is taken; or all of it is. */
  #endWanted = false;
  #finishing = false;
  /** The end is behind what was sent. */
  #ended = false;
  #closed = false;

  private constructor(turns: LocalTurns, host: StreamAddress, peer: StreamAddress) {
    super((error, doing) => turns.reportError(error, doing));
    this.#turns = turns;
    this.#host = host;
    this.#peer = peer;
  }

  /** The two ends of a new connection. */
  static pair(
    turns: LocalTurns,
    client: StreamAddress,
    server: StreamAddress,
  ): [LocalConnection, LocalConnection] {
    const one = new LocalConnection(turns, client, server);
    const other = new LocalConnection(turns, server, client);
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  // --- StreamConnection ---

  getHost(): StreamAddress {
    return this.#host;
  }

  getPeer(): StreamAddress {
    return this.#peer;
  }

  setTcpNoDelay(): void {}
  setTcpKeepAlive(): void {}

  protected override get wireBufferedBytes(): number {
    return Math.max(0, this.#outboxBytes - WINDOW_BYTES);
  }

  protected override sendWire(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#closed) return;
    if (this.#other.#closed) {
      // What it has sent before is still read; who reads nothing learns of it all the same.
      if (!this.#reading) this.#resetSoon();
      return;
    }
    // Both sides must be free to use their bytes as they like.
    this.#outbox.push(copyOf(bytes));
    this.#outboxBytes += bytes.length;
    this.#other.#readSoon();
  }

  protected override flushWire(): void {
    this.#flushWanted = true;
  }

  protected override setWireReading(enabled: boolean): void {
    this.#reading = enabled;
    this.#readSoon();
  }

  protected override finishWireWriting(): void {
    this.#endWanted = true;
    this.#goOnEnding();
  }

  protected override finishWire(): void {
    this.#finishing = true;
    this.#goOnEnding();
  }

  protected override destroyWire(): void {
    if (this.#closed) return;
    this.#discardOutbox();
    this.#outbox.push(RESET);
    // Who is writing notices at once, who is reading when the reading gets there.
    if (this.#other.#outboxBytes > 0) this.#other.#resetSoon();
    this.#close();
  }

  // --- sending ---

  /** The other end has read so many bytes. */
  #taken(length: number): void {
    this.#outboxBytes -= length;
    if (this.#closed) return;
    if (this.#flushWanted) {
      this.#flushWanted = false;
      this.#later(() => this.flushed());
    }
    this.#goOnEnding();
  }

  #goOnEnding(): void {
    if (this.#closed || this.wireBufferedBytes > 0) return;
    if (this.#finishing) {
      // Where bytes came that nobody will read, the peer is told that they were lost.
      const unread = this.#other.#outboxBytes > 0;
      if (unread) this.#outbox.push(RESET);
      else if (!this.#ended) this.#outbox.push(FIN);
      if (unread && !this.#other.#reading) this.#other.#resetSoon();
      this.#ended = true;
      this.#close();
    } else if (this.#endWanted) {
      this.#endWanted = false;
      if (!this.#ended) this.#outbox.push(FIN);
      this.#ended = true;
      this.#other.#readSoon();
      this.#later(() => this.writeEnded());
    }
  }

  #discardOutbox(): void {
    this.#outbox.clear();
    this.#outboxBytes = 0;
  }

  // --- receiving ---

  #readSoon(): void {
    if (this.#readingSoon || !this.#reads || this.#other.#outbox.length === 0) return;
    this.#readingSoon = true;
    this.#later(() => {
      this.#readingSoon = false;
      this.#read();
    });
  }

  #read(): void {
    const inbox = this.#other.#outbox;
    for (let left = TURN_BYTES; left > 0 && this.#reads;) {
      const item = inbox.shift();
      if (item === undefined) return;
      if (item === RESET) {
        this.#wasReset();
      } else if (item === FIN) {
        this.wireEnded();
      } else {
        left -= item.length;
        this.#other.#taken(item.length);
        this.wireReceived(item);
      }
    }
    this.#readSoon();
  }

  get #reads(): boolean {
    return this.#reading && !this.#closed;
  }

  // --- ending ---

  #resetSoon(): void {
    this.#later(() => this.#wasReset());
  }

  #wasReset(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#discardOutbox();
    // As the system would say it, so that it is told as everywhere.
    this.lost(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
  }

  #close(): void {
    this.#closed = true;
    this.#other.#discardOutboxOfClosedPeer();
    this.#other.#readSoon();
    this.#later(() => this.lost());
  }

  /** What this end has sent, nobody will read. */
  #discardOutboxOfClosedPeer(): void {
    if (!this.#closed) this.#discardOutbox();
  }

  #later(action: () => void): void {
    this.#turns.later(action);
  }
}
