/** Places that connections can be made to, or listened for at, whatever kind they are of. */
import type { Deferred } from "../defer/deferred.ts";
import type { DatagramReceiver, DatagramTransport } from "../reactor/datagrams.ts";
import type {
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
} from "../reactor/transport.ts";

/** A factory whose protocols are of the type `P`. */
export interface FactoryOf<P extends StreamProtocol> extends ProtocolFactory {
  buildProtocol(address: StreamAddress): P | null;
}

/** Knows where to connect to, so that who connects need not. */
export interface ClientEndpoint {
  /** The host that it connects to, where it has one: its name, to be found in a certificate. */
  readonly host?: string | undefined;
  /**
   * Connects, once. Fires with the protocol that `factory` has built for the connection, right
   * after its connectionMade; fails with why there is none. Cancelling gives up, and fails it with
   * ConnectingCancelledError.
   *
   * The factory is in use from here on: doStart is called. It is until there will be no connection,
   * or that has ended, whatever protocol it had then: doStop is called, once, after connectionLost.
   */
  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P>;
}

/** Knows where to listen, so that who serves need not. */
export interface ServerEndpoint {
  /**
   * Listens. Fires with the port when connections are accepted; fails with why none are. Each call
   * is a port of its own. Cancelling gives up.
   */
  listen(factory: ProtocolFactory): Deferred<ListeningPort<StreamAddress>>;
}

/** Knows where to open a port for datagrams. */
export interface DatagramEndpoint {
  /** Opens a port, and starts the protocol on it; fires, and fails, as `listenUDP`. */
  listen(protocol: DatagramReceiver): Deferred<DatagramTransport>;
}
