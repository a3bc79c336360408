import { Fifo } from "../../../core/fifo.ts";
import { isIPv4, isLoopback, isMulticast } from "../../../core/ip-address.ts";
import { Deferred } from "../../../defer/deferred.ts";
import type { DatagramDestination, UDPAddress } from "../../datagrams.ts";
import type { DatagramEvents, DatagramSocket } from "../../udp.ts";
import { BROADCAST, reachable } from "./addresses.ts";
import type { Fates } from "./datagram-faults.ts";
import type { Datagram } from "./memory-datagrams.ts";
import { systemError } from "./system-error.ts";

/** How much may wait to be received, as on Linux: 208 KiB. */
const RECEIVE_BUFFER_BYTES = 212_992;
/** What each datagram counts there beside its bytes. */
const OVERHEAD_BYTES = 768;
const ANY_INTERFACE = "0.0.0.0";

/** The network, as its sockets see it. */
export interface DatagramNetwork {
  transmit(sender: MemoryDatagramSocket, bytes: Uint8Array, to: DatagramDestination): void;
  released(socket: MemoryDatagramSocket): void;
  trace(event: string): void;
  later(seconds: number, action: () => void): void;
}

/** One socket of the simulated network. */
export class MemoryDatagramSocket implements DatagramSocket {
  /** What it was bound to. */
  readonly bound: UDPAddress;
  /** Whether it lets others have its address too. */
  readonly shared: boolean;
  /** What becomes of what it sends. */
  readonly fates: Fates;
  /** Whether this host gets what this socket sends to groups. */
  hearsItself = true;
  /** By which interface it sends to groups; undefined leaves it to the system. */
  outgoingInterface: string | undefined = undefined;
  /** Everything is sent at once. */
  readonly bufferedBytes = 0;
  readonly #network: DatagramNetwork;
  /** Groups, each with the interface by which it was joined. */
  readonly #memberships = new Map<string, { group: string; local: boolean }>();
  /** Arrived, and not yet delivered. */
  readonly #inbox = new Fifo<Datagram>();
  #inboxBytes = 0;
  #peer: DatagramDestination | undefined = undefined;
  #events: DatagramEvents | undefined = undefined;
  #closed = false;

  constructor(network: DatagramNetwork, bound: UDPAddress, shared: boolean, fates: Fates) {
    this.#network = network;
    this.bound = bound;
    this.shared = shared;
    this.fates = fates;
  }

  // --- DatagramSocket ---

  get address(): UDPAddress {
    return this.#peer === undefined ? this.bound : this.sourceFor(this.#peer);
  }

  start(events: DatagramEvents): void {
    this.#events = events;
  }

  send(bytes: Uint8Array, to: DatagramDestination): void {
    this.#network.transmit(this, bytes, to);
  }

  connect(peer: DatagramDestination): void {
    this.#peer = { host: reachable(peer.host), port: peer.port };
  }

  /** The port has seen to it. */
  setBroadcast(): void {}

  close(): Deferred<void> {
    const closed = new Deferred<void>();
    this.#closed = true;
    this.#inbox.clear();
    this.#network.released(this);
    this.#network.later(0, () => closed.callback());
    return closed;
  }

  changeMembership(
    change: "join" | "leave",
    group: string,
    interfaceAddress: string = ANY_INTERFACE,
  ): void {
    const key = `${group} ${interfaceAddress}`;
    const member = this.#memberships.has(key);
    if (change === "leave") {
      if (!member) throw systemError("EADDRNOTAVAIL");
      this.#memberships.delete(key);
    } else {
      if (member) throw systemError("EADDRINUSE");
      this.#memberships.set(key, { group, local: isLoopback(interfaceAddress) });
    }
    this.#network.trace(`udp ${change} ${group} ${this.bound.port}`);
  }

  /** There are no routers here. */
  setMulticastTTL(): void {}

  setMulticastLoopback(enabled: boolean): void {
    this.hearsItself = enabled;
  }

  setMulticastInterface(interfaceAddress: string): void {
    const any = reachable(interfaceAddress) !== interfaceAddress;
    this.outgoingInterface = any ? undefined : interfaceAddress;
  }

  // --- for the network ---

  /** What a datagram says of where it came from. */
  sourceFor(to: DatagramDestination): UDPAddress {
    const { host, port } = this.bound;
    if (reachable(host) === host) return this.bound;
    const any = isIPv4(to.host) ? "0.0.0.0" : "::";
    // The host answers from the address that it was spoken to at; to many it has to choose one.
    const toMany = isMulticast(to.host) || to.host === BROADCAST;
    const source = toMany ? (this.outgoingInterface ?? any) : to.host;
    return { type: "UDP", host: reachable(source), port };
  }

  /** Whether it takes what comes from there. */
  hears(from: UDPAddress): boolean {
    const peer = this.#peer;
    return peer === undefined || (from.host === peer.host && from.port === peer.port);
  }

  /** @param local whether by the loopback interface; it is apart from all others. */
  isMember(group: string, local: boolean): boolean {
    return [...this.#memberships.values()].some(
      (membership) => membership.group === group && membership.local === local,
    );
  }

  arrive(datagram: Datagram): void {
    const size = datagram.bytes.length + OVERHEAD_BYTES;
    if (this.#inboxBytes + size > RECEIVE_BUFFER_BYTES) {
      this.#network.trace(`udp overflow ${datagram.from.port}>${this.bound.port}`);
      return;
    }
    this.#inbox.push(datagram);
    this.#inboxBytes += size;
    this.#network.later(0, () => this.#deliver());
  }

  refusedBy({ host, port }: DatagramDestination): void {
    const peer = this.#peer;
    if (this.#closed || peer?.port !== port || peer.host !== reachable(host)) return;
    this.#network.trace(`udp refused ${this.bound.port}>${port}`);
    this.#events?.refused();
  }

  /** Delivers one datagram: what arrives together is delivered one after the other. */
  #deliver(): void {
    const datagram = this.#inbox.shift();
    if (datagram === undefined) return;
    this.#inboxBytes -= datagram.bytes.length + OVERHEAD_BYTES;
    this.#events?.received(datagram.bytes, datagram.from);
  }
}
