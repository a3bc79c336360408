import { checksum } from "../../../core/bytes.ts";
import { Fifo } from "../../../core/fifo.ts";
import { ConnectionLostError } from "../../errors.ts";
import { SecurableConnection } from "../../securable-connection.ts";
import type { StreamAddress } from "../../transport.ts";
import { quoteUNIXName } from "../../unix-name.ts";
import type { NetworkOptions } from "./memory-network.ts";

/** How many bytes may be under way to a peer, or wait there to be read. */
const WINDOW_BYTES = 64 * 1024;

const FIN = Symbol("end of stream");
const RESET = Symbol("reset");

/** What goes from one end to the other. */
type Segment = Uint8Array | typeof FIN | typeof RESET;

/** One end of a connection in memory. */
export class MemoryConnection extends SecurableConnection {
  readonly #options: NetworkOptions;
  readonly #host: StreamAddress;
  readonly #peer: StreamAddress;
  #other!: MemoryConnection;
  /** Written, and not yet under way because the window is full. */
  readonly #outbox = new Fifo<Uint8Array | typeof FIN>(Infinity);
  #outboxBytes = 0;
  /** Arrived, and not yet read. */
  readonly #inbox = new Fifo<Segment>(Infinity);
  /** How much of the other end's window this end has used. */
  #unacknowledged = 0;
  #reading = false;
  /** Somebody wants to know when bytes have left the outbox. */
  #flushWanted = false;
  /** The end of this direction is in the outbox, or was sent. */
  #ending = false;
  /** All of this end is to be closed once the outbox is empty. */
  #finishing = false;
  #closed = false;

  constructor(
    host: StreamAddress,
    peer: StreamAddress,
    options: NetworkOptions,
    report: (error: unknown, doing: string) => void,
  ) {
    super(report);
    this.#host = host;
    this.#peer = peer;
    this.#options = options;
  }

  /** Makes them the two ends of a connection. */
  static pair(
    one: MemoryConnection,
    other: MemoryConnection,
  ): [MemoryConnection, MemoryConnection] {
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  /** Whether it has not ended on this side. */
  get open(): boolean {
    return !this.#closed;
  }

  /** Refuses a connection that nobody accepts any more. */
  reset(): void {
    this.#trace("reset");
    this.#sendReset();
    this.#forget();
  }

  getHost(): StreamAddress {
    return this.#host;
  }

  getPeer(): StreamAddress {
    return this.#peer;
  }

  protected override get wireBufferedBytes(): number {
    return this.#outboxBytes;
  }

  /** Nothing is ever gathered here. */
  setTcpNoDelay(): void {}

  /** A peer in memory does not vanish unnoticed. */
  setTcpKeepAlive(): void {}

  protected override sendWire(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // Both sides must be free to use their bytes as they like.
    this.#outbox.push(bytes.slice());
    this.#outboxBytes += bytes.length;
    this.#transmit();
  }

  protected override setWireReading(enabled: boolean): void {
    this.#reading = enabled;
    if (enabled) this.#later(0, () => this.#read());
  }

  protected override flushWire(): void {
    this.#flushWanted = true;
  }

  protected override finishWireWriting(): void {
    this.#ending = true;
    this.#outbox.push(FIN);
    this.#transmit();
  }

  protected override finishWire(): void {
    this.#finishing = true;
    if (!this.#ending) this.finishWireWriting();
    else if (this.#outbox.length === 0) this.#close();
  }

  protected override destroyWire(): void {
    if (this.#closed) return;
    const unread = this.#unread;
    this.#inbox.clear();
    // UNIX sockets know no reset, but for unread bytes.
    if (this.#host.type === "TCP" || unread) {
      this.#trace("reset");
      this.#sendReset();
    } else {
      this.#trace("fin");
      this.#later(this.#options.latency, () => this.#other.#arrive(FIN));
    }
    this.#close();
  }

  /** Sends as much as the other end has room for. */
  #transmit(): void {
    while (!this.#closed) {
      const first = this.#outbox.peek();
      if (first === undefined) return;
      if (first === FIN) {
        this.#outbox.shift();
        this.#sendEnd();
        return;
      }
      const room = WINDOW_BYTES - this.#unacknowledged;
      if (room === 0) return;
      const segment = first.subarray(0, room);
      if (segment.length === first.length) this.#outbox.shift();
      else this.#outbox.replaceNext(first.subarray(room));
      this.#outboxBytes -= segment.length;
      this.#unacknowledged += segment.length;
      this.#tellFlushed();
      this.#trace(`data ${segment.length} #${checksum(segment).toString(16)}`);
      this.#later(this.#options.latency, () => this.#other.#arrive(segment));
    }
  }

  #sendEnd(): void {
    // Where bytes came that nobody will read, the peer gets a reset in place of a clean end.
    if (!this.#finishing || !this.#unread) {
      this.#trace("fin");
      this.#later(this.#options.latency, () => this.#other.#arrive(FIN));
    }
    if (this.#finishing) this.#close();
    else this.#later(0, () => this.writeEnded());
  }

  #tellFlushed(): void {
    if (!this.#flushWanted) return;
    this.#flushWanted = false;
    this.#later(0, () => this.flushed());
  }

  #arrive(segment: Segment): void {
    if (!this.#closed) {
      this.#inbox.push(segment);
      // Who is writing notices a reset at once, who is only reading when the reading gets there.
      const writing = this.#outboxBytes + this.#unacknowledged > 0;
      if (segment === RESET && writing) this.#wasReset();
      else this.#read();
    } else if (segment !== FIN && segment !== RESET) {
      this.#sendReset();
    }
  }

  #sendReset(): void {
    this.#later(this.#options.latency, () => this.#other.#arrive(RESET));
  }

  /** Delivers one segment; the next comes as a happening of its own. */
  #read(): void {
    if (!this.#reading || this.#closed) return;
    const segment = this.#inbox.shift();
    if (segment === undefined) return;
    if (segment === FIN) {
      this.wireEnded();
      return;
    }
    if (segment === RESET) {
      this.#wasReset();
      return;
    }
    this.#later(this.#options.latency, () => this.#other.#acknowledge(segment.length));
    if (this.#inbox.length > 0) this.#later(0, () => this.#read());
    this.wireReceived(segment);
  }

  #acknowledge(length: number): void {
    this.#unacknowledged -= length;
    this.#transmit();
  }

  #wasReset(): void {
    this.#forget();
    this.#trace("lost");
    this.lost(new ConnectionLostError("the connection was reset by the peer"));
  }

  #close(): void {
    // Bytes that nobody will read any more: the peer is told that they were lost.
    if (this.#unread) this.#sendReset();
    this.#forget();
    this.#later(0, () => {
      this.#trace("closed");
      this.lost();
    });
  }

  /** Whether bytes wait to be read; an end or a reset comes behind them, or alone. */
  get #unread(): boolean {
    return this.#inbox.peek() instanceof Uint8Array;
  }

  #forget(): void {
    this.#closed = true;
    this.#inbox.clear();
    this.#outbox.clear();
    this.#outboxBytes = 0;
  }

  #trace(what: string): void {
    this.#options.trace(`${what} ${nameOf(this.#host)}>${nameOf(this.#peer)}`);
  }

  #later(seconds: number, action: () => void): void {
    this.#options.happenings.add(seconds, action);
  }
}

/** For traces: on one host, its port tells which end it is. */
function nameOf(address: StreamAddress): string {
  return address.type === "TCP" ? String(address.port) : quoteUNIXName(address.name);
}
