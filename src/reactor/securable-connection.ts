/**
 * A stream connection that can go on by TLS. A backend derives from it and moves the bytes of the
 * wire; whether they are a protocol's own or TLS in between is decided here.
 */
import { concat } from "../core/bytes.ts";
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import type { DelayedCall, ReactorTime } from "./capabilities.ts";
import { endOf, peerOf } from "./end-of.ts";
import { NoCapabilityError } from "./errors.ts";
import { type ConnectionLoop, type Ended, StreamConnection } from "./stream-connection.ts";
import { TLSLayer } from "./tls-layer.ts";
import type {
  PeerCertificate,
  StartTLSOptions,
  TLSClientOptions,
  TLSContext,
  TLSProvider,
  TLSServerOptions,
  TLSSession,
} from "./tls.ts";
import type { StreamProtocol } from "./transport.ts";

/** How long a peer may take to read why TLS has failed. */
const FAREWELL_SECONDS = 2;

/** Where a connection comes from, as far as TLS needs to know. */
export interface Origin {
  readonly side: "server" | "client";
  /** The host that it was made to, as it was asked for. */
  readonly host: string | undefined;
  readonly tls: TLSProvider | undefined;
  readonly clock: Pick<ReactorTime, "callLater">;
}

export abstract class SecurableConnection extends StreamConnection {
  /** Set by the owner before anything else. */
  origin: Origin | undefined = undefined;
  #layer: TLSLayer | undefined = undefined;
  #session: TLSSession | undefined = undefined;
  /** TLS has failed: the peer gets a moment to read why, instead of a reset. */
  #failing = false;
  #farewell: DelayedCall | undefined = undefined;
  /** What TLS has failed with. */
  #error: Error | undefined = undefined;
  #flushWanted = false;
  /** What was last asked for. */
  #reading = false;

  // --- what a backend provides: see StreamConnection for each ---

  protected abstract readonly wireBufferedBytes: number;
  protected abstract sendWire(bytes: Uint8Array): void;
  protected abstract flushWire(): void;
  protected abstract setWireReading(enabled: boolean): void;
  protected abstract finishWireWriting(): void;
  protected abstract finishWire(): void;
  protected abstract destroyWire(): void;

  // --- what a backend calls, beside writeEnded, flushed and lost ---

  protected wireReceived(bytes: Uint8Array): void {
    if (this.#layer === undefined) this.received(bytes);
    else this.#layer.received(bytes);
  }

  /** Whether what is written goes through TLS, or will when the handshake has ended. */
  protected get secured(): boolean {
    return this.#layer !== undefined;
  }

  protected wireEnded(): void {
    if (this.#layer === undefined) this.endReceived();
    else this.#layer.wireEnded();
  }

  protected override lost(error?: Error): void {
    if (this.#farewell?.active === true) this.#farewell.cancel();
    this.#layer?.abandon();
    super.lost(error);
    const { handshake } = this.#layer ?? {};
    if (handshake !== undefined && !handshake.called)
      handshake.errback(this.#error ?? endOf(error, this));
  }

  // --- what the owner calls ---

  /**
   * Begins a handshake, before the connection is started. Fires when it has ended; fails when the
   * connection is gone without. Cancelling cuts the connection off.
   */
  secure(context: TLSContext): Deferred<this> {
    const secured = new Deferred<this>(() => this.abortConnection());
    this.#handshake(context).addCallbacks(
      () => {
        if (!secured.called) secured.callback(this);
      },
      (failure) => {
        if (!secured.called) secured.errback(failure);
      },
    );
    return secured;
  }

  override start(protocol: StreamProtocol, ended: Ended, loop: ConnectionLoop): void {
    super.start(protocol, ended, loop);
    if (this.#session !== undefined) this.#tellCompleted();
  }

  // --- Transport: TLS ---

  startTLS(options: StartTLSOptions): void {
    const { side, host, tls } = this.origin ?? {};
    if (tls === undefined) throw new NoCapabilityError("startTLS()", "of this reactor", "tls", []);
    if (this.#layer !== undefined) throw new BadOptionError("the connection goes by TLS already");
    if (!this.connected) return;
    const context = contextFor(tls, options, side, host);
    // Whatever came in plain text behind the request belongs to the handshake, or is an attack.
    let unread = this.takeRest();
    this.tell("takeUnread", (protocol) => {
      const taken = protocol.takeUnread?.();
      if (taken !== undefined) unread = concat([taken, unread]);
    });
    // The protocol hears of a failure by its connectionLost.
    this.#handshake(context).addErrback(() => {});
    (this.#layer as TLSLayer | undefined)?.received(unread);
  }

  get encrypted(): boolean {
    return this.#session !== undefined;
  }

  get negotiatedProtocol(): string | undefined {
    return this.#session?.protocol;
  }

  getPeerCertificate(): PeerCertificate | undefined {
    return this.#session?.peerCertificate;
  }

  // --- StreamConnection: by TLS or straight to the wire ---

  get bufferedBytes(): number {
    return this.wireBufferedBytes + (this.#layer?.bufferedBytes ?? 0);
  }

  protected override send(bytes: Uint8Array): void {
    if (this.#layer === undefined) this.sendWire(bytes);
    else this.#layer.write(bytes);
  }

  protected override flush(): void {
    if (this.wireBufferedBytes > 0 || this.#layer === undefined) this.flushWire();
    // What waits for the handshake is sent with its end.
    else if (this.#session === undefined) this.#flushWanted = true;
    // TLS has it, and hands it to the wire by itself, soon.
    else this.origin?.clock.callLater(0, () => this.flushed());
  }

  protected override setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (this.#layer === undefined) this.setWireReading(enabled);
    else this.#layer.setReading(enabled);
  }

  protected override finishWriting(): void {
    if (this.#layer === undefined) this.finishWireWriting();
    else this.#layer.finishWriting();
  }

  protected override finish(): void {
    if (this.#layer === undefined) this.finishWire();
    else this.#layer.finish();
  }

  protected override destroy(): void {
    this.#layer?.abandon();
    if (!this.#failing) {
      this.destroyWire();
      return;
    }
    this.#failing = false;
    this.finishWire();
    this.#farewell = this.origin?.clock.callLater(FAREWELL_SECONDS, () => this.destroyWire());
  }

  // --- parts ---

  #handshake(context: TLSContext): Deferred<TLSSession> {
    const { origin } = this;
    if (origin === undefined) throw new BadOptionError("the connection has no origin");
    const peer = this.getPeer();
    const address = peerOf(this);
    const named = origin.host === undefined || peer.type === "UNIX" || origin.host === peer.host;
    this.#layer = new TLSLayer(
      context,
      named ? address : `${origin.host} (${address})`,
      {
        send: (bytes) => this.sendWire(bytes),
        setReading: (enabled) => this.setWireReading(enabled),
        finish: () => {
          this.finishWire();
          if (this.wireBufferedBytes > 0) this.closingWaits();
        },
      },
      {
        secured: (session) => this.#secured(session),
        data: (bytes) => this.received(bytes),
        ended: () => this.endReceived(),
        writeEnded: () => this.writeEnded(),
        failed: (error) => {
          this.#failing = true;
          this.#error = error;
          this.cutOff(error);
        },
      },
      origin.clock,
    );
    this.#layer.setReading(this.#reading);
    return this.#layer.handshake;
  }

  #secured(session: TLSSession): void {
    this.#session = session;
    if (this.#flushWanted) {
      this.#flushWanted = false;
      this.flushed();
    }
    this.#tellCompleted();
  }

  #tellCompleted(): void {
    if (!this.connected) return;
    this.tell("handshakeCompleted", (protocol) => protocol.handshakeCompleted?.());
  }
}

function contextFor(
  tls: TLSProvider,
  options: StartTLSOptions,
  side: Origin["side"] | undefined,
  host: string | undefined,
): TLSContext {
  if ("open" in options) return options;
  return side === "server"
    ? tls.server(options as TLSServerOptions)
    : tls.client(clientOptions(options, host));
}

function clientOptions(
  options: TLSServerOptions | TLSClientOptions,
  host: string | undefined,
): TLSClientOptions & { readonly serverName: string } {
  const { serverName = host } = options as TLSClientOptions;
  if (serverName !== undefined) return { ...options, serverName };
  throw new BadOptionError(
    "startTLS needs a serverName here: there is no host whose name the certificate could bear",
  );
}

/** The connection, if TLS can go over it. @throws NoCapabilityError */
export function securable(connection: StreamConnection): SecurableConnection {
  if (connection instanceof SecurableConnection) return connection;
  throw new NoCapabilityError("TLS", "of this connection", "tls", []);
}
