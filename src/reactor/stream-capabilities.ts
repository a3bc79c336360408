/** What a reactor can do with streams: TCP, TLS, UNIX sockets, descriptors. */
import type { Deferred } from "../defer/deferred.ts";
import type { AddressFamily } from "./stream-driver.ts";
import type { TLSClientOptions, TLSProvider, TLSServerOptions } from "./tls.ts";
import type {
  ClientProtocolFactory,
  Connector,
  Destination,
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  UNIXAddress,
} from "./transport.ts";

export interface ListenOptions {
  /**
   * The local address to listen on; every IPv4 address ("0.0.0.0") unless given. "::" is every
   * address of both families.
   */
  interface?: string;
  /** How many connections may wait to be accepted; 50 unless given. */
  backlog?: number;
}

export interface ConnectOptions {
  /** Seconds until the attempt fails with TimeoutError; 30 unless given. */
  timeout?: number;
  /** The local address to connect from. */
  bindAddress?: string;
}

/** TCP. */
export interface ReactorTCP {
  /**
   * Listens on `port` (0: any free one) when the reactor runs. Fires with the port once it
   * listens, fails with CannotListenError, or ReactorNotRunningError while the reactor stops;
   * cancelling gives up.
   *
   * @throws BadOptionError for a number that is no port.
   */
  listenTCP(
    port: number,
    factory: ProtocolFactory,
    options?: ListenOptions,
  ): Deferred<ListeningPort>;
  /**
   * Begins to connect, when the reactor runs; the factory is told how it goes. The addresses behind
   * a name are tried until one answers, another every 0.3 seconds, or as soon as one has failed;
   * when all have, the factory is told of the failure of the first.
   *
   * @throws BadOptionError for a port or timeout that is none, ReactorNotRunningError while the
   *   reactor stops, and what the factory's startFactory throws.
   */
  connectTCP(
    host: string,
    port: number,
    factory: ClientProtocolFactory,
    options?: ConnectOptions,
  ): Connector<Extract<Destination, { host: string }>>;
}

/** TLS over TCP. docs/transports.md has the whole of it. */
export interface ReactorTLS {
  /**
   * Like listenTCP, by TLS. A protocol is built when the handshake has ended well, so that in
   * connectionMade the peer is known; of a handshake that fails, the factory's `handshakeFailed`
   * is told.
   *
   * @throws as listenTCP, and BadOptionError for certificates and keys that cannot be used.
   */
  listenSSL(
    port: number,
    factory: ProtocolFactory,
    tls: TLSServerOptions,
    options?: ListenOptions,
  ): Deferred<ListeningPort>;
  /**
   * Like connectTCP, by TLS: it is connected when the handshake has ended well and the server's
   * certificate is one for `host`, of an authority that is believed. `clientConnectionFailed` gets
   * a TLSError that says what is wrong.
   *
   * @throws as connectTCP, and BadOptionError for certificates and keys that cannot be used.
   */
  connectSSL(
    host: string,
    port: number,
    factory: ClientProtocolFactory,
    tls?: TLSClientOptions,
    options?: ConnectOptions,
  ): Connector<Extract<Destination, { host: string }>>;
  /** Reads certificates and keys, once for many a `startTLS()`. */
  readonly tlsProvider: TLSProvider;
}

export interface UNIXListenOptions {
  /** Who may connect, as permissions of a file; 0o666 unless given. */
  mode?: number;
  /** How many connections may wait to be accepted; 50 unless given. */
  backlog?: number;
}

export interface UNIXConnectOptions {
  /** Seconds until the attempt fails with TimeoutError; 30 unless given. */
  timeout?: number;
}

/** UNIX sockets: streams between processes of one machine. */
export interface ReactorUNIX {
  /**
   * Listens on a socket file, as listenTCP on a port. The file appears when it can be connected to,
   * with its mode, and is removed when the port stops. A socket of a dead process is replaced; one
   * that is alive, or a file that is no socket, is CannotListenError. On Linux, a name that begins
   * with NUL is one without a file.
   *
   * @throws BadOptionError for a name that is too long (107 bytes), or a mode that is none.
   */
  listenUNIX(
    name: string,
    factory: ProtocolFactory,
    options?: UNIXListenOptions,
  ): Deferred<ListeningPort<UNIXAddress>>;
  /** Like connectTCP. @throws as connectTCP, and BadOptionError for a name that is too long. */
  connectUNIX(
    name: string,
    factory: ClientProtocolFactory,
    options?: UNIXConnectOptions,
  ): Connector<UNIXAddress>;
}

/** Descriptors that somebody else has opened: systemd, or a process before this one. */
export interface ReactorAdopt {
  /**
   * Accepts connections on a descriptor that listens already. It belongs to the port from here on,
   * and is closed with it; the file of a UNIX socket is left to who made it. Fails with
   * CannotListenError if it is no listening socket of the family.
   *
   * @throws BadOptionError for what is no descriptor or family.
   */
  adoptStreamPort(
    descriptor: number,
    family: AddressFamily,
    factory: ProtocolFactory,
  ): Deferred<ListeningPort<StreamAddress>>;
}
