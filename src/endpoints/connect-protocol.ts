import type { Deferred } from "../defer/deferred.ts";
import { Factory } from "../protocols/factory.ts";
import type { StreamProtocol } from "../reactor/transport.ts";
import type { ClientEndpoint } from "./endpoint.ts";

/**
 * Connects one protocol that is there already, without a factory. Fires, and fails, as the
 * endpoint's connect().
 *
 * ```ts
 * import { clientFromString, connectProtocol, createReactor, Factory, Protocol } from "skein";
 * import { serverFromString } from "skein";
 *
 * const reactor = createReactor("clock");
 * serverFromString(reactor, "memory:tea").listen(Factory.forProtocol(Protocol));
 * const guest = new Protocol();
 * connectProtocol(clientFromString(reactor, "memory:tea"), guest).addCallback((connected) => {
 *   console.log(connected === guest); // → true
 * });
 * await reactor.advance(0);
 * ```
 */
export function connectProtocol<P extends StreamProtocol>(
  endpoint: ClientEndpoint,
  protocol: P,
): Deferred<P> {
  return endpoint.connect(Factory.from(() => protocol));
}
