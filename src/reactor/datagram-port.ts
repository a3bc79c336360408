/** A UDP port, the same on every backend: its life, and the laws of `datagrams.ts`. */
import { concat } from "../core/bytes.ts";
import { BadOptionError, messageOf } from "../core/errors.ts";
import { canonicalIP, isIP, isIPv4 } from "../core/ip-address.ts";
import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import {
  AlreadyConnectedError,
  DatagramError,
  InvalidAddressError,
  MessageLengthError,
} from "./datagram-errors.ts";
import type {
  DatagramDestination,
  DatagramReceiver,
  DatagramTransport,
  UDPAddress,
} from "./datagrams.ts";
import { assertPort } from "./stream-checks.ts";
import type { DatagramEvents, DatagramSocket } from "./udp.ts";

const MAX_BUFFERED_BYTES = 1024 * 1024;
/** What 16 bits count, without the headers that they count too. */
const IPV4_MAX_BYTES = 65_507;
const IPV6_MAX_BYTES = 65_527;
const BROADCAST = "255.255.255.255";
const encoder = new TextEncoder();

/** What a port gets from the one who opens it. */
export interface DatagramPortParts {
  readonly socket: DatagramSocket;
  readonly protocol: DatagramReceiver<never>;
  /** Longer datagrams are dropped when they arrive. */
  readonly maxPacketSize: number;
  readonly report: (error: unknown, doing: string) => void;
  /** Called once, when the address is free, after the protocol's own last call. */
  readonly closed: () => void;
}

/** open → stopping (nothing is sent or delivered any more) → closed. */
type State = "open" | "stopping" | "closed";

export class DatagramPort implements DatagramTransport, DatagramEvents {
  maxBufferedBytes: number = MAX_BUFFERED_BYTES;
  droppedDatagrams = 0;
  protected readonly socket: DatagramSocket;
  readonly #parts: DatagramPortParts;
  #state: State = "open";
  /** Whether the protocol was started, and is to be told of the end. */
  #started = false;
  /** The address that it was opened on: "::" is of both families. */
  readonly #boundHost: string;
  #peer: DatagramDestination | undefined = undefined;
  #broadcastAllowed = false;
  /** As it was when the socket began to close; a closed one has none. */
  #lastAddress: UDPAddress | undefined = undefined;
  /** Those who asked for the end, and were not told yet. */
  readonly #waiting: Deferred<void>[] = [];

  constructor(parts: DatagramPortParts) {
    this.#parts = parts;
    this.socket = parts.socket;
    this.#boundHost = this.socket.address.host;
  }

  /** Hands the port to its protocol. @throws what startProtocol throws; it is then closing. */
  start(): void {
    const protocol = this.#parts.protocol as DatagramReceiver<this>;
    try {
      protocol.makeConnection(this);
    } catch (error) {
      this.stopListening();
      throw error;
    }
    this.#started = true;
    if (this.#state === "open") this.socket.start(this);
  }

  // --- DatagramEvents ---

  received(data: Uint8Array, from: UDPAddress): void {
    if (this.#state !== "open") return;
    if (data.length > this.#parts.maxPacketSize) this.droppedDatagrams++;
    else this.#call("datagramReceived", (protocol) => protocol.datagramReceived(data, from));
  }

  refused(): void {
    if (this.#state !== "open" || this.#peer === undefined) return;
    this.#call("connectionRefused", (protocol) => protocol.connectionRefused());
  }

  failed(cause: Error & { code?: string }, doing: string): void {
    const error = new DatagramError(`${doing} failed: ${cause.message}`, cause.code, { cause });
    this.#parts.report(error, doing);
  }

  // --- DatagramTransport ---

  get bufferedBytes(): number {
    return this.socket.bufferedBytes;
  }

  write(data: Uint8Array | string, to?: DatagramDestination): boolean {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    const target = this.#target(to);
    const limit = isIPv4(target.host) ? IPV4_MAX_BYTES : IPV6_MAX_BYTES;
    if (bytes.length > limit) throw new MessageLengthError(bytes.length, limit);
    if (!this.open || this.socket.bufferedBytes + bytes.length > this.maxBufferedBytes) {
      this.droppedDatagrams++;
      return false;
    }
    this.socket.send(bytes, target);
    return true;
  }

  writeSequence(pieces: Iterable<Uint8Array | string>, to?: DatagramDestination): boolean {
    const encoded = Array.from(pieces, (piece) =>
      typeof piece === "string" ? encoder.encode(piece) : piece,
    );
    return this.write(concat(encoded), to);
  }

  connect(host: string, port: number): void {
    const peer = this.#destination({ host, port });
    if (this.#peer !== undefined) {
      throw new AlreadyConnectedError(
        `the port is connected to ${this.#peer.host}:${this.#peer.port} already; ` +
          "open another one for another peer",
      );
    }
    this.#peer = peer;
    if (this.open) this.socket.connect(peer);
  }

  getHost(): UDPAddress {
    return this.#lastAddress ?? this.socket.address;
  }

  setBroadcastAllowed(allowed: boolean): void {
    this.#broadcastAllowed = allowed;
    if (this.open) this.socket.setBroadcast(allowed);
  }

  getBroadcastAllowed(): boolean {
    return this.#broadcastAllowed;
  }

  stopListening(): Deferred<void> {
    if (this.#state === "closed") return succeed(undefined);
    const waiter = new Deferred<void>();
    this.#waiting.push(waiter);
    if (this.#state === "open") {
      this.#state = "stopping";
      this.#lastAddress = this.socket.address;
      this.socket.close().addBoth(() => this.#closed());
    }
    return waiter;
  }

  // --- parts ---

  protected get open(): boolean {
    return this.#state === "open";
  }

  /** The one text of an IP address that this port can deal with. @throws InvalidAddressError */
  protected ownFamily(given: string): string {
    assertIP(given);
    const own = this.#boundHost;
    const address = canonicalIP(given);
    if (own === "::" || isIPv4(address) === isIPv4(own)) return address;
    throw new InvalidAddressError(`${given} is not of the family of ${own}, the port's address`);
  }

  #closed(): void {
    this.#state = "closed";
    if (this.#started) this.#call("stopProtocol", (protocol) => protocol.doStop());
    this.#parts.closed();
    for (const waiter of this.#waiting.splice(0)) waiter.callback();
  }

  #call(method: string, action: (protocol: DatagramReceiver<never>) => void): void {
    try {
      action(this.#parts.protocol);
    } catch (error) {
      this.#parts.report(error, `calling a protocol's ${method}`);
    }
  }

  /** Where a write goes. */
  #target(to: DatagramDestination | undefined): DatagramDestination {
    const peer = this.#peer;
    if (to === undefined) {
      if (peer !== undefined) return peer;
      throw new BadOptionError("a datagram needs an address to go to, unless connect() set one");
    }
    const target = this.#destination(to);
    if (peer !== undefined && (target.host !== peer.host || target.port !== peer.port)) {
      throw new BadOptionError(
        `the port is connected to ${peer.host}:${peer.port}, and cannot write to ` +
          `${to.host}:${to.port}`,
      );
    }
    if (target.host === BROADCAST && !this.#broadcastAllowed) {
      throw new DatagramError(
        "a datagram to everybody must be allowed first: setBroadcastAllowed(true)",
        "EACCES",
      );
    }
    return target;
  }

  /** The address with its text in one form. */
  #destination({ host: given, port }: DatagramDestination): DatagramDestination {
    assertPort(port, 1);
    return { host: this.ownFamily(given === "<broadcast>" ? BROADCAST : given), port };
  }
}

/** @throws InvalidAddressError, which says that no names are looked up. */
export function assertIP(host: string): void {
  if (isIP(host)) return;
  throw new InvalidAddressError(`an IP address is expected, not "${messageOf(host)}"`);
}
