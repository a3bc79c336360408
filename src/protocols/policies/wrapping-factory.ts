import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import type {
  ClientProtocolFactory,
  Connector,
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
  Transport,
} from "../../reactor/transport.ts";

/** A factory for a port; or for a connector, which is told how connections fare. */
export type AnyFactory = ProtocolFactory & Partial<ClientProtocolFactory>;

/**
 * A factory around a factory, which is told all that this one is. The base of the policies, and of
 * your own: override `wrap`, to put each connection's protocol into a ProtocolWrapper that decides
 * what it gets to know of the connection, or `buildProtocol`, to refuse connections.
 *
 * ```ts
 * import { Factory, Protocol, ProtocolWrapper, WrappingFactory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * class Politely extends ProtocolWrapper {
 *   override write(data: Uint8Array | string): boolean {
 *     return super.write("please: ") && super.write(data);
 *   }
 * }
 * class PoliteFactory extends WrappingFactory {
 *   protected override wrap(protocol: Protocol): Politely {
 *     return new Politely(protocol);
 *   }
 * }
 * class Asker extends Protocol {
 *   override connectionMade(): void {
 *     this.transport.write("your name\n");
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, new PoliteFactory(Factory.forProtocol(Asker)));
 * const client = await LineClient.dial(reactor, 7000);
 * console.log(await client.heard("name")); // → please: your name
 * client.close();
 * await stopped;
 * ```
 *
 * It is a client's factory as well: what the wrapped one has no method for goes by in silence.
 */
export class WrappingFactory implements ClientProtocolFactory {
  readonly wrappedFactory: AnyFactory;

  constructor(wrappedFactory: AnyFactory) {
    this.wrappedFactory = wrappedFactory;
  }

  /** The wrapped factory's protocol, as `wrap` gives it; null where that builds none. */
  buildProtocol(address: StreamAddress): StreamProtocol | null {
    const protocol = this.wrappedFactory.buildProtocol(address);
    return protocol && this.wrap(protocol, address);
  }

  /** What is put around the protocol of a connection with `address`; nothing unless overridden. */
  protected wrap(protocol: StreamProtocol, _address: StreamAddress): StreamProtocol {
    return protocol;
  }

  handshakeFailed(address: StreamAddress, reason: Failure): void {
    this.wrappedFactory.handshakeFailed?.(address, reason);
  }

  connectionAccepted(transport: Transport): void {
    this.wrappedFactory.connectionAccepted?.(transport);
  }

  connectionEnded(transport: Transport, reason: Failure): void {
    this.wrappedFactory.connectionEnded?.(transport, reason);
  }

  listening(port: ListeningPort<StreamAddress>): void {
    this.wrappedFactory.listening?.(port);
  }

  drain(seconds: number): Deferred<void> | undefined {
    return this.wrappedFactory.drain?.(seconds);
  }

  doStart(): void {
    this.wrappedFactory.doStart();
  }

  doStop(): void {
    this.wrappedFactory.doStop();
  }

  startedConnecting(connector: Connector): void {
    this.wrappedFactory.startedConnecting?.(connector);
  }

  clientConnectionFailed(connector: Connector, reason: Failure): void {
    this.wrappedFactory.clientConnectionFailed?.(connector, reason);
  }

  clientConnectionLost(connector: Connector, reason: Failure): void {
    this.wrappedFactory.clientConnectionLost?.(connector, reason);
  }
}
