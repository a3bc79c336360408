import type { DatagramReceiver, DatagramTransport, UDPAddress } from "../reactor/datagrams.ts";
import { NotConnectedError, ProtocolInUseError } from "./errors.ts";

/**
 * What is done with the datagrams of one port: derive from it. `T` is the transport that it needs:
 * `DatagramProtocol<MulticastTransport>` is for listenMulticast.
 *
 * ```ts
 * import { DatagramProtocol, type UDPAddress } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * class Echo extends DatagramProtocol {
 *   override datagramReceived(data: Uint8Array, from: UDPAddress): void {
 *     this.transport.write(data, from);
 *   }
 * }
 * class Caller extends DatagramProtocol {
 *   override startProtocol(): void {
 *     this.transport.connect("127.0.0.1", 7000);
 *     this.transport.write("hello");
 *   }
 *   override datagramReceived(data: Uint8Array): void {
 *     console.log(new TextDecoder().decode(data)); // → hello
 *   }
 *   override connectionRefused(): void {
 *     console.log("nobody listens there");
 *   }
 * }
 * const reactor = createReactor("clock");
 * await reactor.advance(0);
 * reactor.listenUDP(7000, new Echo());
 * reactor.listenUDP(0, new Caller());
 * await reactor.advance(0);
 * ```
 *
 * An error that startProtocol throws closes the port, and is listenUDP's; one that any other method
 * throws is reported, and the port goes on. A protocol has one port at a time.
 */
export class DatagramProtocol<
  T extends DatagramTransport = DatagramTransport,
> implements DatagramReceiver<T> {
  #transport: T | undefined;
  #inUse = false;

  /** The port; the last one, once it is closed. @throws NotConnectedError before there is one. */
  get transport(): T {
    if (this.#transport === undefined) throw new NotConnectedError("startProtocol()");
    return this.#transport;
  }

  /**
   * Called by the reactor: takes the transport, then calls {@link startProtocol}.
   *
   * @throws ProtocolInUseError
   */
  makeConnection(transport: T): void {
    if (this.#inUse) throw new ProtocolInUseError();
    this.#transport = transport;
    this.startProtocol();
    this.#inUse = true;
  }

  /** Called by the reactor when the port is closed; calls {@link stopProtocol}. */
  doStop(): void {
    this.#inUse = false;
    this.stopProtocol();
  }

  /** The port is open: the transport can be used. */
  startProtocol(): void {}

  /** The port is closed; the last call. Not made when startProtocol threw. */
  stopProtocol(): void {}

  /** One datagram arrived. The bytes are the protocol's to keep. */
  datagramReceived(_data: Uint8Array, _from: UDPAddress): void {}

  /** Nobody was at the address that the transport is connected to, when something came there. */
  connectionRefused(): void {}
}
