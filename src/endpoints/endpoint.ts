/** A place that a connection can be made to, whatever kind it is of. */
import type { Deferred } from "../defer/deferred.ts";
import type { ProtocolFactory, StreamAddress, StreamProtocol } from "../reactor/transport.ts";

/** A factory whose protocols are of the type `P`. */
export interface FactoryOf<P extends StreamProtocol> extends ProtocolFactory {
  buildProtocol(address: StreamAddress): P | null;
}

/** Knows where to connect to, so that who connects need not. */
export interface ClientEndpoint {
  /**
   * Connects, once. Fires with the protocol that `factory` has built for the connection, right
   * after its connectionMade; fails with why there is none. Cancelling gives up, and fails it with
   * ConnectingCancelledError.
   */
  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P>;
}
