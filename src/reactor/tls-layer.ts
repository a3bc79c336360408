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
  data(bytes: Uint8Array): void;
  ended(): void;
  /** It is of no more use; the wire is being closed. */
  failed(error: Error): void;
}

export class TLSLayer implements TLSEvents {
  /** Fires when the handshake has ended, fails with what the connection ends with. */
  readonly handshake: Deferred<TLSSession> = new Deferred();
  readonly #wire: Wire;
  readonly #above: Secured;
  readonly #engine: TLSEngine;
  readonly #peer: string;
  readonly #callLater: ReactorTime["callLater"];
  /** Ends a handshake, later a close, that takes too long. */
  #deadline: DelayedCall | undefined;
  #state: "handshake" | "secured" | "over" = "handshake";
  #heard = false;
  #reading = false;
  /** This side's end, and the peer's. */
  #finishing = false;
  #flushed = false;
  #peerEnded = false;

  constructor(
    context: TLSContext,
    peer: string,
    wire: Wire,
    above: Secured,
    callLater: ReactorTime["callLater"],
  ) {
    this.#wire = wire;
    this.#above = above;
    this.#peer = peer;
    this.#callLater = callLater;
    const { handshakeTimeout } = context;
    this.#deadline = callLater(handshakeTimeout, () =>
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
    if (this.#state === "over") return;
    this.#engine.setReading(enabled);
    if (this.#state === "secured" && !this.#finishing) this.#wire.setReading(enabled);
  }

  /** Sends all that was written, says that this is the end, and hears the peer say the same. */
  finish(): void {
    if (this.#state === "over" || this.#finishing) return;
    this.#finishing = true;
    this.#engine.end();
    // What comes now is dropped, but read: closing on unread bytes would cut off what was sent.
    this.#engine.setReading(true);
    this.#wire.setReading(true);
  }

  /** The connection is gone, for `error` or cleanly. */
  lost(error: Error): void {
    if (this.#state === "over") return;
    const { handshake } = this;
    this.#over();
    if (!handshake.called) handshake.errback(error);
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

  /** The peer has closed the wire: cleanly only if it has ended TLS before. */
  wireEnded(): void {
    if (this.#state === "over") return;
    if (this.#peerEnded || this.#flushed) {
      this.#over();
      this.#wire.finish();
      return;
    }
    const during = this.#state === "handshake" ? "during the TLS handshake" : "without ending TLS";
    this.failed(
      new ConnectionLostError(`${this.#peer} closed the connection ${during}: data may be missing`),
    );
  }

  // --- TLSEvents ---

  send(bytes: Uint8Array): void {
    if (this.#state !== "over") this.#wire.send(bytes);
  }

  secured(session: TLSSession): void {
    if (this.#state !== "handshake") return;
    this.#state = "secured";
    this.#endDeadline();
    this.#engine.setReading(this.#reading || this.#finishing);
    this.#wire.setReading(this.#reading || this.#finishing);
    if (this.#flushed) this.#awaitPeer();
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

  flushed(): void {
    if (this.#state === "over") return;
    this.#flushed = true;
    if (this.#state === "secured") this.#awaitPeer();
  }

  failed(error: Error): void {
    if (this.#state === "over") return;
    const { handshake } = this;
    this.#over();
    this.#above.failed(error);
    // What was sent last may tell the peer why.
    this.#wire.finish();
    if (!handshake.called) handshake.errback(error);
  }

  // --- parts ---

  #awaitPeer(): void {
    this.#closeWhenDone();
    if (this.#state === "over") return;
    this.#deadline = this.#callLater(CLOSE_SECONDS, () => {
      this.#over();
      this.#wire.finish();
    });
  }

  #closeWhenDone(): void {
    if (!this.#flushed || !this.#peerEnded) return;
    this.#over();
    this.#wire.finish();
  }

  #over(): void {
    this.#state = "over";
    this.#endDeadline();
    this.#engine.destroy();
  }

  #endDeadline(): void {
    if (this.#deadline?.active === true) this.#deadline.cancel();
    this.#deadline = undefined;
  }
}
