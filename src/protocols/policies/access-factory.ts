import { ipMatcher } from "../../core/ip-network.ts";
import type { StreamAddress, StreamProtocol } from "../../reactor/transport.ts";
import { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";

/** Whether connections with an address are wanted. */
export type AddressPredicate = (address: StreamAddress) => boolean;

/**
 * Refuses connections with addresses that are not wanted: no protocol is built for them.
 *
 * ```ts
 * import { AccessFactory, Echo, Factory, inNetworks } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const isLocal = inNetworks(["127.0.0.0/8", "::1"]);
 * await reactor.listenTCP(7000, new AccessFactory(Factory.forProtocol(Echo), isLocal));
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("hello");
 * console.log(await client.heard("hello")); // → hello
 * client.close();
 * await stopped;
 * ```
 *
 * An error that the predicate throws is reported, and the connection refused.
 */
export class AccessFactory extends WrappingFactory {
  readonly #allowed: AddressPredicate;

  constructor(wrappedFactory: AnyFactory, allowed: AddressPredicate) {
    super(wrappedFactory);
    this.#allowed = allowed;
  }

  override buildProtocol(address: StreamAddress): StreamProtocol | null {
    return this.#allowed(address) ? this.wrappedFactory.buildProtocol(address) : null;
  }
}

/**
 * A predicate: whether it is an address by TCP in one of the networks (`10.0.0.0/8`, `fd00::/8`),
 * or one of the addresses (`192.0.2.7`). UNIX sockets are in none.
 *
 * @throws BadOptionError for what is no network.
 */
export function inNetworks(networks: readonly string[]): AddressPredicate {
  const matches = ipMatcher(networks);
  return (address) => address.type === "TCP" && matches(address.host);
}
