import { BadOptionError } from "../../core/errors.ts";
import { unmapped } from "../../core/ip-address.ts";
import { networkOf } from "../../core/ip-network.ts";
import type { StreamAddress, StreamProtocol } from "../../reactor/transport.ts";
import { CountingWrapper } from "./counting-wrapper.ts";
import { assertLimit, type OverflowOptions } from "./limit-total-connections.ts";
import { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";

/** A home or a server that has IPv6 has so many bits of addresses to itself, and all the rest. */
const IPV6_PREFIX_BITS = 64;

export interface LimitByPeerOptions extends OverflowOptions {
  /** IPv6 addresses that agree in so many bits are one peer's; 64 unless given. */
  readonly ipv6PrefixBits?: number;
  /**
   * Whose connections are counted together; by the IP address unless given. Undefined is not
   * limited, as clients of UNIX sockets are unless this says otherwise.
   */
  readonly peerOf?: (address: StreamAddress) => string | undefined;
}

/**
 * Limits how many connections each peer has at a time, so that one of them cannot have them all.
 *
 * ```ts
 * import { Echo, Factory, LimitConnectionsByPeer } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const limited = new LimitConnectionsByPeer(Factory.forProtocol(Echo), 1);
 * await reactor.listenTCP(7000, limited);
 * await LineClient.dial(reactor, 7000);
 * const second = await LineClient.dial(reactor, 7000);
 * await second.ended; // it was refused
 * console.log(limited.connectionsOf({ type: "TCP", host: "127.0.0.1", port: 1 })); // → 1
 * reactor.stop();
 * await stopped;
 * ```
 *
 * Behind a proxy all connections are the proxy's: put it inside `proxied()`, which knows better.
 */
export class LimitConnectionsByPeer extends WrappingFactory {
  readonly #limit: number;
  readonly #overflow: OverflowOptions["overflow"];
  readonly #peerOf: (address: StreamAddress) => string | undefined;
  /** Only of those who have any. */
  readonly #connections = new Map<string, number>();

  /** @throws BadOptionError unless the limit is 1 or more, and the bits are 0 to 128. */
  constructor(wrappedFactory: AnyFactory, limit: number, options: LimitByPeerOptions = {}) {
    super(wrappedFactory);
    assertLimit(limit);
    const { ipv6PrefixBits = IPV6_PREFIX_BITS, overflow } = options;
    if (!(ipv6PrefixBits >= 0 && ipv6PrefixBits <= 128)) {
      throw new BadOptionError(`ipv6PrefixBits must be 0 to 128, not ${ipv6PrefixBits}`);
    }
    this.#limit = limit;
    this.#overflow = overflow;
    this.#peerOf = options.peerOf ?? ((address) => hostOf(address, ipv6PrefixBits));
  }

  /** How many connections the peer with this address has. */
  connectionsOf(address: StreamAddress): number {
    return this.#connections.get(this.#peerOf(address) ?? "") ?? 0;
  }

  override buildProtocol(address: StreamAddress): StreamProtocol | null {
    const peer = this.#peerOf(address);
    if (peer === undefined) return this.wrappedFactory.buildProtocol(address);
    if ((this.#connections.get(peer) ?? 0) >= this.#limit) {
      return this.#overflow?.buildProtocol(address) ?? null;
    }
    const protocol = this.wrappedFactory.buildProtocol(address);
    return protocol && new CountingWrapper(protocol, (change) => this.#count(peer, change));
  }

  #count(peer: string, change: 1 | -1): void {
    const connections = (this.#connections.get(peer) ?? 0) + change;
    if (connections === 0) this.#connections.delete(peer);
    else this.#connections.set(peer, connections);
  }
}

function hostOf(address: StreamAddress, ipv6PrefixBits: number): string | undefined {
  if (address.type !== "TCP") return undefined;
  // IPv4 addresses are scarce: each is counted by itself.
  return networkOf(address.host, unmapped(address.host).includes(":") ? ipv6PrefixBits : 32);
}
