/**
 * listenUDP and listenMulticast, made from what a backend can do: bind a socket. The rules on
 * protocols and ports are here and in `datagram-port.ts`, so that they are the same on every
 * backend.
 */
import { BadOptionError } from "../core/errors.ts";
import { canonicalIP } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail, succeed } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import type {
  ListenMulticastOptions,
  ListenUDPOptions,
  ReactorMulticast,
  ReactorUDP,
} from "./capabilities.ts";
import { assertIP, DatagramPort, type DatagramPortParts } from "./datagram-port.ts";
import type {
  DatagramDestination,
  DatagramReceiver,
  DatagramTransport,
  MulticastTransport,
  UDPAddress,
} from "./datagrams.ts";
import { ReactorNotRunningError } from "./errors.ts";
import { MulticastPort } from "./multicast-port.ts";
import { Openings } from "./openings.ts";
import { assertPort } from "./stream-checks.ts";
import { textOf } from "./unix-name.ts";

const ANY_HOST = "0.0.0.0";

export interface BindRequest {
  /** An IP address; "::" takes both families. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Whether others that ask for this too may have the same address. */
  readonly shared: boolean;
}

/** What a socket tells its port, always from an empty stack. */
export interface DatagramEvents {
  received(data: Uint8Array, from: UDPAddress): void;
  /** Nobody was at the connected address. */
  refused(): void;
  /** Something else went wrong; `doing` says when: "sending a datagram". */
  failed(error: Error, doing: string): void;
}

/** An open socket, in whatever form the backend has it. Hosts are IP addresses in one form. */
export interface DatagramSocket {
  readonly address: UDPAddress;
  /** Bytes that wait to be sent; 0 once it is closed. */
  readonly bufferedBytes: number;
  /** From here on what arrives is told. */
  start(events: DatagramEvents): void;
  /** Sends a datagram; to the connected address, if it is connected. */
  send(bytes: Uint8Array, to: DatagramDestination): void;
  connect(peer: DatagramDestination): void;
  setBroadcast(allowed: boolean): void;
  /** Sends what waits, and closes; fires, in a later turn, when the address is free. */
  close(): Deferred<void>;
  // What the capability "multicast" needs. These throw the system's errors, which have a `code`.
  changeMembership(
    change: "join" | "leave",
    group: string,
    interfaceAddress: string | undefined,
  ): void;
  setMulticastTTL(ttl: number): void;
  setMulticastLoopback(enabled: boolean): void;
  setMulticastInterface(interfaceAddress: string): void;
}

/** What a backend with UDP provides. Nothing may be called back from inside these methods. */
export interface DatagramDriver {
  /** Fires when it is bound, fails with CannotListenError. Cancelling gives up. */
  bind(request: BindRequest): Deferred<DatagramSocket>;
}

/** How a port is made: the kinds differ in nothing else. */
type PortClass<P extends DatagramPort> = new (parts: DatagramPortParts) => P;

/** The capabilities "udp" and "multicast" of a backend that can bind sockets. */
export class UDP implements ReactorUDP, ReactorMulticast {
  readonly #loop: Loop;
  readonly #driver: DatagramDriver;
  readonly #openings: Openings;
  readonly #ports = new Set<DatagramPort>();
  /** While everything is disconnected: nothing new is begun. */
  #closing = false;

  constructor(loop: Loop, driver: DatagramDriver) {
    this.#loop = loop;
    this.#openings = new Openings(loop);
    this.#driver = driver;
  }

  listenUDP(
    port: number,
    protocol: DatagramReceiver,
    options: ListenUDPOptions = {},
  ): Deferred<DatagramTransport> {
    return this.#listen(DatagramPort, port, protocol, options);
  }

  listenMulticast(
    port: number,
    protocol: DatagramReceiver<MulticastTransport>,
    options: ListenMulticastOptions = {},
  ): Deferred<MulticastTransport> {
    return this.#listen(MulticastPort, port, protocol, options);
  }

  /** Closes every port; fires when each protocol has been told. */
  disconnectAll(): Deferred<void> {
    this.#closing = true;
    this.#openings.cancelAll();
    const ports = [...this.#ports].map((port) => port.stopListening());
    return ports.reduce((all, port) => all.addCallback(() => port), succeed<void>(undefined));
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#closing = false;
  }

  #listen<P extends DatagramPort>(
    portClass: PortClass<P>,
    port: number,
    protocol: DatagramReceiver<never>,
    options: ListenMulticastOptions,
  ): Deferred<P> {
    const {
      interface: host = ANY_HOST,
      maxPacketSize = Infinity,
      listenMultiple = false,
    } = options;
    assertPort(port, 0);
    assertIP(host);
    if (!(maxPacketSize >= 0)) {
      throw new BadOptionError(`maxPacketSize must be 0 or more bytes, not ${maxPacketSize}`);
    }
    if (this.#closing) return fail(new ReactorNotRunningError());
    let bound: DatagramPort | undefined;
    const closed = this.#loop.opened("datagram port", () =>
      bound === undefined ? `${host}:${port}, to be opened` : textOf(bound.getHost()),
    );
    const listening = this.#openings
      .begin(() => this.#driver.bind({ host: canonicalIP(host), port, shared: listenMultiple }))
      .addCallback((socket) => this.#open(portClass, socket, protocol, { maxPacketSize, closed }))
      .addCallback((opened) => (bound = opened))
      .addErrback((failure: Failure) => {
        closed();
        return failure;
      });
    // The compiler cannot know that no kind of port is itself a Deferred.
    return listening as Deferred<P>;
  }

  #open<P extends DatagramPort>(
    portClass: PortClass<P>,
    socket: DatagramSocket,
    protocol: DatagramReceiver<never>,
    { maxPacketSize, closed }: { maxPacketSize: number; closed: () => void },
  ): P | Deferred<never> {
    const port = new portClass({
      socket,
      protocol: this.#loop.timed("datagram protocol", protocol),
      maxPacketSize,
      report: (error, doing) => this.#loop.reportError(error, doing),
      closed: () => {
        this.#ports.delete(port);
        closed();
      },
    });
    this.#ports.add(port);
    try {
      port.start();
      return port;
    } catch (error) {
      return port.stopListening().addCallback(() => fail(error));
    }
  }
}
