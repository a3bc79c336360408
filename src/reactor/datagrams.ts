/**
 * What connects a protocol to datagrams: the interfaces on both sides of a UDP port.
 *
 * Every backend's transports keep the same laws, and the contract suite in `skein/testing` holds
 * them to it:
 *
 * 1. Nothing is delivered from inside `write()`, `connect()`, `listenUDP()` or `stopListening()`.
 * 2. `startProtocol`, then what arrives, then `stopProtocol` once, last.
 * 3. What was written before `stopListening()` is sent; what is written after it is dropped.
 * 4. A protocol that throws is reported, and its port goes on; others do not notice.
 * 5. Datagrams may be lost, doubled and out of order, but never cut.
 */
import type { Deferred } from "../defer/deferred.ts";

/** One end of a datagram's way. */
export interface UDPAddress {
  readonly type: "UDP";
  /** An IP address as text, never a name. */
  readonly host: string;
  readonly port: number;
}

/** Where a datagram is to go: an IP address, "<broadcast>" for 255.255.255.255, and a port. */
export interface DatagramDestination {
  readonly host: string;
  readonly port: number;
}

/** The protocol's handle on its port; also what `listenUDP` fires with. */
export interface DatagramTransport {
  /**
   * Sends one datagram; text is sent as UTF-8. Without `to`, to the address that
   * {@link connect} set. Returns at once: whether the system has it. False says that it was
   * dropped here, for more than {@link maxBufferedBytes} wait or the port is being closed; true
   * does not say that it arrives. An error that the system finds out later (no way there, no
   * permission) is reported as a DatagramError, and the port goes on.
   * Do not change the bytes after handing them over.
   *
   * @throws MessageLengthError over 65,507 bytes (65,527 to an IPv6 address); InvalidAddressError
   *   for what is no IP address, or of the wrong family; BadOptionError without a port to go to,
   *   or with another than the one it is connected to; DatagramError for a broadcast that
   *   {@link setBroadcastAllowed} did not allow.
   */
  write(data: Uint8Array | string, to?: DatagramDestination): boolean;
  /** The pieces as one datagram. */
  writeSequence(pieces: Iterable<Uint8Array | string>, to?: DatagramDestination): boolean;
  /**
   * From here on datagrams go to this address and come from no other, and the protocol is told
   * (`connectionRefused`) when nobody is there. Nothing is sent by this.
   *
   * @throws InvalidAddressError, BadOptionError as write; AlreadyConnectedError the second time.
   */
  connect(host: string, port: number): void;
  /** Its own address, also after the end. Once connected, the one that the peer sees. */
  getHost(): UDPAddress;
  /**
   * Sends what was written, receives nothing more, and closes: `stopProtocol` follows in a later
   * turn, and then the Deferred fires: the address is free again. A second call fires too.
   */
  stopListening(): Deferred<void>;
  /** Whether datagrams may go to everybody (not allowed unless set). */
  setBroadcastAllowed(allowed: boolean): void;
  getBroadcastAllowed(): boolean;
  /**
   * Datagrams that were dropped here: written too late, or over {@link maxBufferedBytes}, or
   * received and over `maxPacketSize`. Those that the system drops it tells nobody of.
   */
  readonly droppedDatagrams: number;
  /** Bytes written and not yet taken by the system. */
  readonly bufferedBytes: number;
  /** The most bytes that may wait to be sent; 1 MiB unless set. */
  maxBufferedBytes: number;
}

/** A port that can take part in groups. Interfaces are named by an IP address that they have. */
export interface MulticastTransport extends DatagramTransport {
  /**
   * From here on it gets what is sent to `group` and to its port, by way of an interface; the
   * system chooses one unless given.
   * Fails with MulticastJoinError (it is no group, there is no such interface, it has joined
   * already), InvalidAddressError.
   */
  joinGroup(group: string, interfaceAddress?: string): Deferred<void>;
  /** Undoes a {@link joinGroup}; fails as that. */
  leaveGroup(group: string, interfaceAddress?: string): Deferred<void>;
  /** How many routers may pass on what is sent to a group (1: none), from 0 to 255. */
  getTTL(): number;
  /** @throws BadOptionError */
  setTTL(ttl: number): void;
  /** Whether this machine gets what it sends to a group itself (true unless set). */
  getLoopbackMode(): boolean;
  setLoopbackMode(enabled: boolean): void;
  /** The interface that datagrams to groups leave by; "0.0.0.0" or "::" leaves it to the system. */
  getOutgoingInterface(): string;
  /** Fails with DatagramError, InvalidAddressError. */
  setOutgoingInterface(interfaceAddress: string): Deferred<void>;
}

/**
 * What a port calls. `DatagramProtocol` in skein/protocols is the class to derive from. `T` is the
 * transport that it needs.
 */
export interface DatagramReceiver<T extends DatagramTransport = DatagramTransport> {
  // A property, so that who needs groups is not given a transport that has none.
  readonly makeConnection: (transport: T) => void;
  /** One whole datagram. The bytes are the callee's to keep. */
  datagramReceived(data: Uint8Array, from: UDPAddress): void;
  /** Of a connected port: nobody was there for something that was written. */
  connectionRefused(): void;
  /** The port is closed. The last call. */
  doStop(): void;
}
