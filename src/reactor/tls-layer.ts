/** TLS between a connection and its wire: one handshake, its limit, and a clean end. */
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import type { DelayedCall, ReactorTime } from "./capabilities.ts";
import { ConnectionLostError } from "./errors.ts";
import { NotTLSError } from "./tls-errors.ts";
import type { TLSContext, TLSEngine, TLSEvents, TLSSession } from "./tls.ts";

/** How long a peer may take to answer that it has heard of the end. */
const CLOSE_SECONDS = 2;
/** How many bytes of a peer that does not talk TLS are quoted. */
const QUOTED_BYTES = 40;
/** The records that a peer may begin with: an alert, a handshake. */
const FIRST_BYTES: readonly number[] = [21, 22];
const decoder = new TextDecoder("latin1");

/** The connection in plain text, below. */
export interface Wire {
  send(bytes: Uint8Array): void;
  setReading(enabled: boolean): void;
  finish(): void;
}

/** The connection's user, above. */
export interface Secured {
  /** The handshake has ended. */
  secured(session: TLSSession): void;
  data(bytes: Uint8Array): void;
  ended(): void;
  writeEnded(): void;
  /** It is of no more use: the wire is to be closed, once what was sent is. */
  failed(error: Error): void;
}

export class TLSLayer implements TLSEvents {
  /** Fires when the handshake has ended; fails when the connection has, with its reason. */
  readonly handshake: Deferred<TLSSession> = new Deferred();
  readonly #wire: Wire;
  readonly #above: Secured;
  readonly #engine: TLSEngine;
  readonly #peer: string;
  readonly #clock: Pick<ReactorTime, "callLater">;
  /** Ends a handshake, later a close, that takes too long. */
  #deadline: DelayedCall | undefined;
  #state: "handshake" | "secured" | "over" = "handshake";
  /** Whether the peer's first byte was seen. */
  #heard = false;
  #reading = false;
  /** This side's direction is to end; all of the connection is; and TLS has sent it all. */
  #ending = false;
  #finishing = false;
  #flushed = false;
  #peerEnded = false;

  constructor(
    context: TLSContext,
    peer: string,
    wire: Wire,
    above: Secured,
    clock: Pick<ReactorTime, "callLater">,
  ) {
    this.#wire = wire;
    this.#above = above;
    this.#peer = peer;
    this.#clock = clock;
    const { handshakeTimeout } = context;
    this.#deadline = clock.callLater(handshakeTimeout, () =>
      this.failed(new TimeoutError(`no TLS handshake with ${peer} in ${handshakeTimeout} seconds`)),
    );
    this.#engine = context.open(this, peer);
    this.#wire.setReading(true);
  }

  get bufferedBytes(): number {
    return this.#engine.bufferedBytes;
  }

  // --- from above ---

  write(bytes: Uint8Array): void {
    this.#engine.write(bytes);
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (this.#state === "secured" && !this.#finishing) this.#read(enabled);
  }

  /** Sends all that was written, and says that no more will come. */
  finishWriting(): void {
    if (this.#state === "over" || this.#ending) return;
    this.#ending = true;
    this.#engine.end();
  }

  /** The same, then hears the peer say it too, and closes the wire. */
  finish(): void {
    if (this.#state === "over") {
      this.#wire.finish();
      return;
    }
    this.finishWriting();
    this.#finishing = true;
    // What comes now is dropped, but read: closing on unread bytes would cut off what was sent.
    this.#read(true);
    if (this.#flushed) this.#awaitPeer();
  }

  /** Nothing is to be done any more. */
  abandon(): void {
    this.#state = "over";
    if (this.#deadline?.active === true) this.#deadline.cancel();
    this.#engine.destroy();
  }

  // --- from the wire ---

  received(bytes: Uint8Array): void {
    if (this.#state === "over" || bytes.length === 0) return;
    if (!this.#heard && !FIRST_BYTES.includes(bytes[0] as number)) {
      const quoted = JSON.stringify(decoder.decode(bytes.subarray(0, QUOTED_BYTES)));
      this.failed(
        new NotTLSError(`${this.#peer} does not talk TLS; it said ${quoted}; check the port`),
      );
      return;
    }
    this.#heard = true;
    this.#engine.receive(bytes);
  }

  wireEnded(): void {
    if (this.#state !== "over") this.#engine.receiveEnd();
  }

  // --- TLSEvents ---

  send(bytes: Uint8Array): void {
    if (this.#state !== "over") this.#wire.send(bytes);
  }

  secured(session: TLSSession): void {
    if (this.#state !== "handshake") return;
    this.#state = "secured";
    if (this.#deadline?.active === true) this.#deadline.cancel();
    this.#read(this.#reading || this.#finishing);
    if (this.#flushed && this.#finishing) this.#awaitPeer();
    this.#above.secured(session);
    this.handshake.callback(session);
  }

  data(bytes: Uint8Array): void {
    if (this.#state === "secured" && !this.#finishing) this.#above.data(bytes);
  }

  ended(): void {
    if (this.#state !== "secured") return;
    this.#peerEnded = true;
    if (this.#finishing) this.#closeWhenDone();
    else this.#above.ended();
  }

  truncated(): void {
    if (this.#state === "over" || this.#peerEnded) return;
    if (this.#flushed && this.#finishing) {
      this.#close();
      return;
    }
    const when = this.#state === "handshake" ? "during the TLS handshake" : "without ending TLS";
    this.failed(
      new ConnectionLostError(`${this.#peer} closed the connection ${when}: data may be missing`),
    );
  }

  flushed(): void {
    if (this.#state === "over") return;
    this.#flushed = true;
    if (!this.#finishing) this.#above.writeEnded();
    else if (this.#state === "secured") this.#awaitPeer();
  }

  failed(error: Error): void {
    if (this.#state === "over") return;
    this.abandon();
    this.#above.failed(error);
  }

  // --- parts ---

  #read(enabled: boolean): void {
    this.#engine.setReading(enabled);
    this.#wire.setReading(enabled);
  }

  #awaitPeer(): void {
    this.#closeWhenDone();
    if (this.#state === "over" || this.#deadline?.active === true) return;
    this.#deadline = this.#clock.callLater(CLOSE_SECONDS, () => this.#close());
  }

  #closeWhenDone(): void {
    if (this.#flushed && this.#peerEnded) this.#close();
  }

  #close(): void {
    this.abandon();
    this.#wire.finish();
  }
}
