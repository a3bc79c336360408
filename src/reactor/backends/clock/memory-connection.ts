import { copyOf } from "../../../core/bytes.ts";
import { Fifo } from "../../../core/fifo.ts";
import type { SeededRandom } from "../../../core/random.ts";
import { SecurableConnection } from "../../securable-connection.ts";
import type { CountsTraffic, Traffic } from "../../traffic.ts";
import type { StreamAddress } from "../../transport.ts";
import { quoteUNIXName } from "../../unix-name.ts";
import { latencies } from "./latency.ts";
import type { NetworkOptions, Report } from "./network-options.ts";
import { Patience } from "./patience.ts";
import { cutter } from "./segments.ts";
import { FIN, Sender } from "./sender.ts";
import { systemError } from "./system-error.ts";
import { Wire } from "./wire.ts";

const RESET = Symbol("reset");

/** What goes from one end to the other. */
type Segment = Uint8Array | typeof FIN | typeof RESET;

/** One end of a connection, before it is made. */
export interface ConnectionEnd {
  readonly address: StreamAddress;
  /** Where the errors of its protocol go. */
  readonly report: Report;
}

/** One end of a connection in memory. It sends by a {@link Sender}, over a {@link Wire}. */
export class MemoryConnection extends SecurableConnection implements CountsTraffic {
  readonly #options: NetworkOptions;
  readonly #host: StreamAddress;
  readonly #peer: StreamAddress;
  #other!: MemoryConnection;
  /** To the other end. */
  readonly #wire: Wire;
  readonly #sender: Sender;
  readonly #patience: Patience;
  /** Arrived, and not yet read: no more than the window holds. */
  readonly #inbox = new Fifo<Segment>();
  #reading = false;
  /** Somebody wants to know when the system has taken bytes. */
  #flushWanted = false;
  /** Somebody wants to know when it has taken all of them, with the end behind them. */
  #endWanted = false;
  /** All of this end is to be closed once the system has taken all bytes. */
  #finishing = false;
  #closed = false;
  #bytesReceived = 0;
  #bytesSent = 0;

  constructor(
    host: ConnectionEnd,
    peer: StreamAddress,
    options: NetworkOptions,
    random: SeededRandom,
  ) {
    super(host.report);
    this.#host = host.address;
    this.#peer = peer;
    this.#options = options;
    const trace = (what: string): void => this.#trace(what);
    const later = (seconds: number, action: () => void) => options.happenings.add(seconds, action);
    const { now } = options.happenings;
    const { bandwidth } = options;
    this.#wire = new Wire({
      now,
      later,
      latency: latencies(options.latency, random),
      bandwidth,
      trace,
    });
    this.#sender = new Sender({
      wire: this.#wire,
      cut: cutter(options.segments, random),
      windowBytes: options.receiveBufferBytes,
      bufferBytes: options.sendBufferBytes,
      soon: (action) => void later(0, action),
      trace,
      arrive: (segment) => this.#other.#arrive(segment),
      sent: () => this.#patience.sent(),
    });
    this.#patience = new Patience({
      now,
      later,
      keepAliveSeconds: options.keepAliveSeconds,
      retransmitSeconds: options.retransmitSeconds,
      exhausted: (error) => {
        this.#wire.clear();
        this.#break(error);
      },
    });
  }

  /** The two ends of a new connection. */
  static pair(
    client: ConnectionEnd,
    server: ConnectionEnd,
    options: NetworkOptions,
    random: SeededRandom,
  ): [MemoryConnection, MemoryConnection] {
    const one = new MemoryConnection(client, server.address, options, random.split("to server"));
    const other = new MemoryConnection(server, client.address, options, random.split("to client"));
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  /** Whether it has not ended on this side. */
  get open(): boolean {
    return !this.#closed;
  }

  /** Whether both ends have ended: whatever is still under way makes no difference. */
  get over(): boolean {
    return this.#closed && this.#other.#closed;
  }

  // --- what the network does ---

  /** Does something on the other side when the last step of the handshake has arrived there. */
  afterHandshake(action: () => void): void {
    this.#wire.carry(0, "word", action);
  }

  /** Refuses a connection that nobody accepts any more. */
  reset(): void {
    this.#trace("reset");
    this.#sendReset();
    this.#forget();
  }

  /** A reset that somebody on the way has sent to both ends. */
  cutOnTheWay(): void {
    for (const end of [this as MemoryConnection, this.#other]) {
      end.#wire.clear();
      end.#later(0, () => {
        end.#sender.stop();
        end.#arrive(RESET);
      });
    }
  }

  /** Nothing gets to the other end, or it does again; and the same from there. */
  setBlocked(there: boolean, back: boolean): void {
    this.#wire.blocked = there;
    this.#other.#wire.blocked = back;
    for (const end of [this as MemoryConnection, this.#other]) {
      if ((there || back) && !end.#closed) end.#patience.begin(end.#wire.unanswered > 0);
      else end.#patience.end();
    }
  }

  // --- StreamConnection ---

  getHost(): StreamAddress {
    return this.#host;
  }

  getPeer(): StreamAddress {
    return this.#peer;
  }

  traffic(): Traffic {
    return { bytesReceived: this.#bytesReceived, bytesSent: this.#bytesSent };
  }

  protected override get wireBufferedBytes(): number {
    return this.#closed ? 0 : this.#sender.untakenBytes;
  }

  /** What is gathered here is a matter of the option `segments`. */
  setTcpNoDelay(): void {}

  setTcpKeepAlive(enabled: boolean): void {
    if (!this.#closed) this.#patience.setKeepAlive(enabled);
  }

  protected override sendWire(bytes: Uint8Array): void {
    // Both sides must be free to use their bytes as they like.
    this.#bytesSent += bytes.length;
    if (bytes.length > 0) this.#sender.push(copyOf(bytes));
  }

  protected override setWireReading(enabled: boolean): void {
    this.#reading = enabled;
    if (enabled) this.#later(0, () => this.#read());
  }

  protected override flushWire(): void {
    this.#flushWanted = true;
  }

  protected override finishWireWriting(): void {
    this.#endWanted = true;
    this.#sender.end();
    this.#goOnEnding();
  }

  protected override finishWire(): void {
    this.#finishing = true;
    this.#goOnEnding();
  }

  protected override destroyWire(): void {
    if (this.#closed) return;
    const unread = this.#inbox.length > 0;
    this.#inbox.clear();
    this.#sender.stop();
    // UNIX sockets know no reset, but for unread bytes.
    if (this.#host.type === "TCP" || unread) {
      this.#trace("reset");
      this.#sendReset();
    } else {
      this.#trace("fin");
      this.#wire.carry(0, "data", () => this.#other.#arrive(FIN));
    }
    this.#close();
  }

  // --- sending ---

  /** The peer has read so many bytes. */
  #acknowledged(length: number): void {
    if (this.#flushWanted && this.#sender.untakenBytes > 0) {
      this.#flushWanted = false;
      this.#later(0, () => this.flushed());
    }
    this.#sender.acknowledge(length);
    this.#goOnEnding();
  }

  /** Whatever waits for the system to take all bytes. */
  #goOnEnding(): void {
    if (this.#closed || this.#sender.untakenBytes > 0) return;
    if (this.#finishing) {
      // Where bytes came that nobody will read, the peer gets a reset in place of a clean end.
      if (this.#unread) this.#sender.stop();
      else this.#sender.end();
      this.#close();
    } else if (this.#endWanted) {
      this.#endWanted = false;
      this.#later(0, () => this.writeEnded());
    }
  }

  #sendReset(): void {
    this.#sender.stop();
    this.#wire.carry(0, "reset", () => this.#other.#arrive(RESET));
  }

  // --- receiving ---

  #arrive(segment: Segment): void {
    if (!this.#closed) {
      this.#inbox.push(segment);
      // Who is writing notices a reset at once, who is only reading when the reading gets there.
      if (segment === RESET && this.#sender.busy) this.#wasReset();
      else this.#read();
    } else if (segment === RESET) {
      this.#sender.stop();
    } else if (segment !== FIN) {
      this.#sendReset();
    }
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
    this.#wire.carry(0, "word", () => this.#other.#acknowledged(segment.length));
    if (this.#inbox.length > 0) this.#later(0, () => this.#read());
    this.#bytesReceived += segment.length;
    this.wireReceived(segment);
  }

  /** Whether bytes wait to be read; an end or a reset comes behind them, or alone. */
  get #unread(): boolean {
    return this.#inbox.peek() instanceof Uint8Array;
  }

  // --- ending ---

  #wasReset(): void {
    this.#break(systemError("ECONNRESET", "read ECONNRESET"));
  }

  #break(error: Error): void {
    if (this.#closed) return;
    this.#sender.stop();
    this.#forget();
    this.#trace("lost");
    this.lost(error);
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

  #forget(): void {
    this.#closed = true;
    this.#inbox.clear();
    this.#patience.end();
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
