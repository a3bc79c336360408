/**
 * TLS: what its users say about it, and what a backend provides for it.
 *
 * A backend brings an engine: bytes of the peer go in, bytes for the peer come out. All else (when
 * a handshake may take how long, what is told to whom) is in `tls-layer.ts`, and so the same on
 * every backend.
 */

/** A certificate and its key. Text in PEM form, or the path of a file that holds it. */
export interface CertificateSource {
  /** The certificate, and behind it those that lead to the authority. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Opens the key, if it is locked. */
  readonly passphrase?: string;
}

export type TLSVersion = "TLSv1.2" | "TLSv1.3";

interface CommonTLSOptions {
  /**
   * The authorities whose certificates are believed: PEM text or paths of files. Unless given, a
   * client believes those that the system believes, and a server none.
   */
  readonly trustRoot?: string | readonly string[];
  /** The protocols to choose from by ALPN, the best first; none unless given. */
  readonly acceptableProtocols?: readonly string[];
  /** TLSv1.2 unless given. */
  readonly minVersion?: TLSVersion;
  /** TLSv1.3 unless given. */
  readonly maxVersion?: TLSVersion;
  /** Seconds until a handshake that has not ended fails with TimeoutError; 30 unless given. */
  readonly handshakeTimeout?: number;
}

/** TLS, as the side that accepted the connection. */
export interface TLSServerOptions extends CommonTLSOptions, CertificateSource {
  /** Whether clients must show a certificate of `trustRoot`'s, may, or are not asked (`none`). */
  readonly clientCertificate?: "none" | "optional" | "required";
  /**
   * Other certificates, by the name that a client asks for (SNI): a table, whose names may begin
   * with `*.`, or a function. For a name without one, the server's own is shown.
   */
  readonly serverNames?:
    Readonly<Record<string, CertificateSource>> | ((name: string) => CertificateSource | undefined);
}

/** TLS, as the side that made the connection. */
export interface TLSClientOptions extends CommonTLSOptions, Partial<CertificateSource> {
  /** The name to ask for, which the server's certificate must bear; the host's unless given. */
  readonly serverName?: string;
  /** False believes anybody: for tests of things other than TLS. */
  readonly verify?: boolean;
}

/**
 * Options of `startTLS`: those of a server on a connection that was accepted, else a client's. Or
 * what the reactor's `tlsProvider` has made of such, so that files are read once for many.
 */
export type StartTLSOptions = TLSServerOptions | TLSClientOptions | TLSContext;

/** What a certificate says. */
export interface PeerCertificate {
  /** Whose it is: the common name. */
  readonly subject: string;
  /** Who vouches for it: the authority's common name. */
  readonly issuer: string;
  /** The host names and addresses that it is for. */
  readonly names: readonly string[];
  /** Seconds since 1970; on `clock`, on its own clock. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What a handshake has agreed on. */
export interface TLSSession {
  /** The protocol chosen by ALPN, if there was a choice. */
  readonly protocol: string | undefined;
  /** The certificate that the peer has shown. */
  readonly peerCertificate: PeerCertificate | undefined;
  /** On the server: the name that the client has asked for. */
  readonly serverName: string | undefined;
}

/** One end of TLS. It calls {@link TLSEvents}, never from inside `write`, `end`, `setReading`. */
export interface TLSEngine {
  /** Bytes of the peer have arrived. */
  receive(bytes: Uint8Array): void;
  /** No more will arrive: {@link TLSEvents.truncated} follows unless the peer has ended TLS. */
  receiveEnd(): void;
  /** Encrypts; before the handshake has ended, keeps. */
  write(bytes: Uint8Array): void;
  /** Says that no more will be written; {@link TLSEvents.flushed} follows. */
  end(): void;
  /** Whether `data` and `ended` may be told. Handshakes go on in any case. */
  setReading(enabled: boolean): void;
  /** Written, and not yet sent. */
  readonly bufferedBytes: number;
  /** Forgets everything; no event follows. */
  destroy(): void;
}

export interface TLSEvents {
  /** Bytes for the peer. */
  send(bytes: Uint8Array): void;
  /** The handshake has ended well. */
  secured(session: TLSSession): void;
  data(bytes: Uint8Array): void;
  /** The peer has said that it will send no more. */
  ended(): void;
  /** The peer's bytes have ended, and it did not say that it would send no more. */
  truncated(): void;
  /** Everything that was written before {@link TLSEngine.end} has been sent. */
  flushed(): void;
  /** TLS is at its end; what was sent so far tells the peer why. */
  failed(error: Error): void;
}

/** Options, read and checked, for any number of connections. */
export interface TLSContext {
  readonly handshakeTimeout: number;
  /** Begins a handshake. `peer` is for messages. */
  open(events: TLSEvents, peer: string): TLSEngine;
}

/** What a backend with TLS provides. */
export interface TLSProvider {
  /** @throws BadOptionError for certificates and keys that cannot be used. */
  server(options: TLSServerOptions): TLSContext;
  /** @throws as server */
  client(options: TLSClientOptions & { readonly serverName: string }): TLSContext;
}
