import type { Duplex } from "node:stream";
import { NoCapabilityError } from "../reactor/errors.ts";
import { type ConnectionLoop, type Ended, StreamConnection } from "../reactor/stream-connection.ts";
import type { StreamAddress, StreamProtocol } from "../reactor/transport.ts";

const NOTHING = new Uint8Array(0);
const NOWHERE: StreamAddress = { type: "UNIX", name: "" };

/** What a Duplex may have beside: sockets do. */
type Extras = Partial<{
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  encrypted: boolean;
  setNoDelay(enabled: boolean): void;
  setKeepAlive(enabled: boolean): void;
}>;

/** A connection over somebody's Duplex. */
export class DuplexConnection extends StreamConnection {
  readonly #duplex: Duplex;
  readonly #host: StreamAddress;
  readonly #peer: StreamAddress;
  #loop: ConnectionLoop | undefined = undefined;
  #error: Error | undefined = undefined;
  #closed = false;
  #reading = false;
  /** A call into the Duplex is under way, from inside which nothing may be delivered. */
  #calling = false;
  /** What came meanwhile; null is the end. */
  #waiting: (Uint8Array | null)[] = [];

  /** The Duplex is paused, until the connection is started. */
  constructor(duplex: Duplex, report: (error: unknown, doing: string) => void) {
    super(report);
    this.#duplex = duplex;
    const { localAddress, localPort, remoteAddress, remotePort } = duplex as Extras;
    // Closed sockets forget them.
    this.#host = addressOf(localAddress, localPort);
    this.#peer = addressOf(remoteAddress, remotePort);
    duplex.on("data", (data: Uint8Array) => this.#arrived(data));
    duplex.on("end", () => this.#arrived(null));
    duplex.on("error", (error) => {
      this.#error = error;
    });
    duplex.on("close", () => this.#ended());
    duplex.pause();
    this.#closed = duplex.closed;
  }

  override start(protocol: StreamProtocol, ended: Ended, loop: ConnectionLoop): void {
    this.#loop = loop;
    super.start(protocol, ended, loop);
    if (this.#closed) loop.callFromThread(() => this.lost(this.#error));
  }

  getHost(): StreamAddress {
    return this.#host;
  }

  getPeer(): StreamAddress {
    return this.#peer;
  }

  get bufferedBytes(): number {
    return this.#duplex.writableLength;
  }

  get encrypted(): boolean {
    return (this.#duplex as Extras).encrypted === true;
  }

  /** Its certificates and protocols are the Duplex's affair. */
  getPeerCertificate(): undefined {}

  get negotiatedProtocol(): undefined {
    return undefined;
  }

  startTLS(): never {
    throw new NoCapabilityError("startTLS", "of a connection over a Duplex", "tls", []);
  }

  setTcpNoDelay(enabled: boolean): void {
    (this.#duplex as Extras).setNoDelay?.(enabled);
  }

  setTcpKeepAlive(enabled: boolean): void {
    (this.#duplex as Extras).setKeepAlive?.(enabled);
  }

  protected override send(bytes: Uint8Array): void {
    this.#call(() => this.#duplex.write(bytes));
  }

  protected override flush(): void {
    this.#call(() =>
      this.#duplex.write(NOTHING, (error) => {
        if (error === undefined || error === null) this.flushed();
      }),
    );
  }

  protected override setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (enabled && this.#waiting.length > 0) this.#deliverSoon();
    this.#call(() => (enabled ? this.#duplex.resume() : this.#duplex.pause()));
  }

  protected override finishWriting(): void {
    this.#duplex.once("finish", () => this.writeEnded());
    this.#call(() => this.#duplex.end());
  }

  protected override finish(): void {
    const duplex = this.#duplex;
    if (duplex.writableFinished) this.destroy();
    else this.#call(() => duplex.once("finish", () => this.destroy()).end());
  }

  protected override destroy(): void {
    this.#call(() => this.#duplex.destroy());
  }

  // --- parts ---

  /** Some Duplexes answer from inside a call: that has to wait. */
  #call(call: () => unknown): void {
    const outermost = !this.#calling;
    this.#calling = true;
    try {
      call();
    } finally {
      if (outermost) this.#calling = false;
    }
  }

  #arrived(data: Uint8Array | null): void {
    if (!this.#calling && this.#waiting.length === 0) {
      this.#deliver(data);
      return;
    }
    this.#waiting.push(data);
    if (this.#waiting.length === 1) this.#deliverSoon();
  }

  #deliverSoon(): void {
    this.#loop?.callFromThread(() => {
      while (this.#reading && this.#waiting.length > 0) {
        this.#deliver(this.#waiting.shift() as Uint8Array | null);
      }
    });
  }

  #deliver(data: Uint8Array | null): void {
    if (data === null) this.endReceived();
    else this.received(data);
  }

  #ended(): void {
    this.#closed = true;
    // Before the start nobody can be told; and not from inside a call.
    if (this.#calling) this.#loop?.callFromThread(() => this.lost(this.#error));
    else if (this.#loop !== undefined) this.lost(this.#error);
  }
}

function addressOf(host: string | undefined, port: number | undefined): StreamAddress {
  if (host === undefined || port === undefined) return NOWHERE;
  return { type: "TCP", host, port };
}
