/**
 * What connects a protocol to the world: the interfaces on both sides of a byte stream.
 *
 * Every backend's transports keep the same laws, and the contract suite in `skein/testing` holds
 * them to it:
 *
 * 1. Nothing is delivered from inside `write()`, `listenTCP()` or `connectTCP()`. (A producer is
 *    paused from inside `write()`: that stops a delivery.)
 * 2. `connectionMade`, then `dataReceived` any number of times, then `connectionLost` once, last.
 * 3. What was written before `loseConnection()` is sent; what is written after it is dropped (but
 *    see there about pull producers).
 * 4. A protocol that throws loses its own connection, with its error as the reason; others do not
 *    notice.
 * 5. Unsent bytes are bounded: see {@link Transport.write}.
 */
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import type { Consumer, PushProducer } from "./producer.ts";
import type { PeerCertificate, StartTLSOptions } from "./tls.ts";

/** One end of a TCP connection, or a port that listens. */
export interface TCPAddress {
  readonly type: "TCP";
  /** An IP address as text, never a name. */
  readonly host: string;
  readonly port: number;
}

/** One end of a connection by a UNIX socket, or a port that listens on one. */
export interface UNIXAddress {
  readonly type: "UNIX";
  /** The path of its file; empty for an end that has none, as clients do not. */
  readonly name: string;
}

export type StreamAddress = TCPAddress | UNIXAddress;

/**
 * The protocol's handle on its connection: the consumer of what is written, and the producer of
 * what is received. docs/streams.md has examples of it all.
 */
export interface Transport extends Consumer, PushProducer {
  /**
   * Sends bytes, in order; text is sent as UTF-8. Returns at once; a false return says that the
   * peer is behind (over `highWaterBytes` wait, or the connection is closing): write on when
   * {@link whenDrained} fires, or register a producer.
   * When more than `maxBufferedBytes` wait, the connection is aborted with a WriteOverflowError.
   * After the connection is closed, or being closed, the bytes are dropped.
   * Do not change the bytes after handing them over.
   */
  write(data: Uint8Array | string): boolean;
  /** The pieces one after another, as if joined. */
  writeSequence(pieces: Iterable<Uint8Array | string>): boolean;
  /**
   * Closes the connection once everything written is sent. Nothing more is received.
   * `connectionLost` follows in a later turn, with `reason`, or ConnectionDoneError without one.
   *
   * A pull producer may write until it unregisters; a push producer is stopped, at the end. If the
   * peer does not take it all within `closeTimeout`, the connection is aborted, with TimeoutError
   * as the reason, whose cause is `reason`.
   * To close it at once, and lose what is unsent, see {@link abortConnection}.
   */
  loseConnection(reason?: Error): void;
  /**
   * Closes the connection now, dropping what is unsent. `connectionLost` follows in a later turn,
   * with `reason`, or ConnectionAbortedError without one.
   * To send what was written first, see {@link loseConnection}.
   */
  abortConnection(reason?: Error): void;
  /**
   * Closes this side's direction once everything written is sent (a pull producer may write until
   * it unregisters); the other direction stays open. The peer is told of the end of the stream, the
   * protocol's `writeConnectionLost` in a later turn. What is written later is dropped.
   * When both directions have ended, the connection has: `connectionLost` follows.
   */
  loseWriteConnection(): void;
  /**
   * From now on `protocol` gets what happens on the connection; the one before it gets no call any
   * more, not even connectionLost. The new one's makeConnection is called from inside this call; an
   * error that it throws is reported, and ends the connection.
   *
   * `rest` is for the old protocol to hand on what it was given and has not used: the new one gets
   * it in a later turn, before anything else. Nothing is done when the connection has ended.
   */
  setProtocol(protocol: StreamProtocol, rest?: Uint8Array): void;
  /** Stops delivering, until {@link resumeProducing}; the peer is slowed down, not cut off. */
  pauseProducing(): void;
  /** Delivers again, in a later turn: also the end, if that has come. */
  resumeProducing(): void;
  /** loseConnection(), as the consumer of what is received here has ended. */
  stopProducing(): void;
  /**
   * Whether small writes are sent at once (true, as it begins) or may be gathered (false). Means
   * nothing to UNIX sockets.
   */
  setTcpNoDelay(enabled: boolean): void;
  /** Whether the system probes an idle peer, to learn that it is gone. For TCP alone. */
  setTcpKeepAlive(enabled: boolean): void;
  getHost(): StreamAddress;
  getPeer(): StreamAddress;
  /**
   * Goes on by TLS, as a server if the connection was accepted, else as a client. What was written
   * before is sent as it is; what is written from here on waits for the handshake, and nothing is
   * delivered before it has ended. Then `handshakeCompleted` is called; if it fails, the connection
   * ends with a TLSError as its reason.
   *
   * What the peer has sent behind its request for TLS is part of the handshake, and makes it fail
   * unless it is TLS: a protocol that keeps bytes it has not used gives them back by `takeUnread`.
   *
   * @throws BadOptionError, also when it goes by TLS already; NoCapabilityError where none is.
   */
  startTLS(options: StartTLSOptions): void;
  /** Whether a TLS handshake has ended well. */
  readonly encrypted: boolean;
  /** What the peer's certificate says: there is one in TLS if the peer has shown it. */
  getPeerCertificate(): PeerCertificate | undefined;
  /** The protocol that the handshake has chosen, by ALPN. */
  readonly negotiatedProtocol: string | undefined;
  /** Bytes written and not yet taken by the system. */
  readonly bufferedBytes: number;
  /** When more bytes than this wait, write() says so, and a push producer is paused; 64 KiB. */
  highWaterBytes: number;
  /** When so few bytes wait again, producers are resumed, and whenDrained() fires; 16 KiB. */
  lowWaterBytes: number;
  /** The most bytes that may wait to be sent; 16 MiB unless set. */
  maxBufferedBytes: number;
  /**
   * Seconds that the peer has, from loseConnection() on, to take what waits; 60 unless set, and
   * Infinity for as long as it likes. They begin anew whenever a pull producer is asked for more.
   */
  closeTimeout: number;
  /** Whether the connection is open: false from loseConnection() on. */
  readonly connected: boolean;
}

/**
 * What a transport calls. `Protocol` in skein/protocols is the class to derive from. An error that
 * one of these throws is reported, and ends the connection, with the error as its reason.
 */
export interface StreamProtocol {
  makeConnection(transport: Transport): void;
  /** The bytes are the callee's to keep. How they are cut into pieces means nothing. */
  dataReceived(data: Uint8Array): void;
  /**
   * The peer will send no more; it may still read. A protocol without this method has its
   * connection closed then, as by loseConnection().
   */
  readConnectionLost?: (() => void) | undefined;
  /**
   * loseWriteConnection() has sent everything. Not called when the whole connection ends: that is
   * connectionLost.
   */
  writeConnectionLost?(): void;
  /** TLS is up: right after connectionMade, or in the course of the connection by startTLS. */
  handshakeCompleted?(): void;
  /** Gives away what was received and not used, and forgets it; startTLS asks for it. */
  takeUnread?(): Uint8Array;
  connectionLost(reason: Failure): void;
}

/** A protocol that goes on in one direction when the other has ended. */
export interface HalfCloseableProtocol extends StreamProtocol {
  readConnectionLost(): void;
  writeConnectionLost(): void;
}

/** Makes a protocol for each connection of a port. */
export interface ProtocolFactory {
  /** Returns null to refuse the connection, which is then closed. */
  buildProtocol(address: StreamAddress): StreamProtocol | null;
  /** On a server: a TLS handshake has failed, so no protocol is built: peers do such things. */
  handshakeFailed?(address: StreamAddress, reason: Failure): void;
  /**
   * On a server: a connection has its protocol, which is told next. For who keeps count of the
   * connections, whatever their protocols do; `connectionEnded` follows for each.
   */
  connectionAccepted?(transport: Transport): void;
  /** On a server: such a connection has ended, as its protocol was told. */
  connectionEnded?(transport: Transport, reason: Failure): void;
  /**
   * On a server: a port has begun to listen for this factory, told right after doStart. For who
   * closes it before its connections, in its own time, when the reactor stops. Who closes the port
   * itself, as a service does, keeps it from the factory, and calls its drain().
   */
  listening?(port: ListeningPort<StreamAddress>): void;
  /**
   * On a server: its ports are closed, and its connections shall come to an end of their own, in so
   * many seconds; for protocols that know how. Fires when there are none.
   */
  drain?(seconds: number): Deferred<void> | undefined;
  /** A port or connector begins to use the factory. */
  doStart(): void;
  /** It has ended its use. */
  doStop(): void;
}

/** A factory for outgoing connections, told how they fare. */
export interface ClientProtocolFactory extends ProtocolFactory {
  startedConnecting(connector: Connector): void;
  clientConnectionFailed(connector: Connector, reason: Failure): void;
  /** Called after the protocol's own `connectionLost`. */
  clientConnectionLost(connector: Connector, reason: Failure): void;
}

/** A port that listens. */
export interface ListeningPort<A extends StreamAddress = TCPAddress> {
  getHost(): A;
  /**
   * Stops accepting; fires when the address is free again. Connections that were accepted stay
   * open. A second call fires too.
   */
  stopListening(): Deferred<void>;
}

/** Where an outgoing connection goes to, as it was asked for. */
export type Destination = { readonly host: string; readonly port: number } | UNIXAddress;

/** An outgoing connection, or the attempt to make one; reusable once it has ended. */
export interface Connector<D extends Destination = Destination> {
  readonly state: "disconnected" | "connecting" | "connected";
  getDestination(): D;
  /** Tries (again). @throws Error when it is connecting or connected. */
  connect(): void;
  /** Gives up the attempt: `clientConnectionFailed` follows, with CancelledError. */
  stopConnecting(): void;
  /** Ends whatever there is: the attempt, or the connection by `loseConnection()`. */
  disconnect(): void;
}
