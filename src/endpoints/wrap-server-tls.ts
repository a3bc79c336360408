import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { WrappingFactory } from "../protocols/policies/wrapping-factory.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { TLSContext, TLSServerOptions } from "../reactor/tls.ts";
import type {
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
  Transport,
} from "../reactor/transport.ts";
import type { ServerEndpoint } from "./endpoint.ts";

/**
 * TLS on the connections of any server endpoint: sockets of systemd, UNIX sockets.
 *
 * As with `listenSSL`, a protocol is built when its handshake has ended well, and the factory's
 * `handshakeFailed` is told of one that has not. Files are read at each listen(), which fails with
 * BadOptionError for those that cannot be used.
 */
export function wrapServerTLS(
  reactor: Reactor<"tls">,
  tls: TLSServerOptions,
  endpoint: ServerEndpoint,
): ServerEndpoint {
  return {
    listen: (factory: ProtocolFactory): Deferred<ListeningPort<StreamAddress>> =>
      maybeDeferred(() => {
        const context = reactor.tlsProvider.server(tls);
        return endpoint.listen(new SecuringFactory(factory, context));
      }),
  };
}

/** Tells the factory of those connections whose handshake has ended well, and of no others. */
class SecuringFactory extends WrappingFactory {
  readonly #context: TLSContext;
  readonly #secured = new WeakSet<Transport>();

  constructor(factory: ProtocolFactory, context: TLSContext) {
    super(factory);
    this.#context = context;
  }

  override buildProtocol(address: StreamAddress): StreamProtocol {
    return new Securing(this, this.#context, address);
  }

  override connectionAccepted(): void {
    // It has no protocol yet.
  }

  override connectionEnded(transport: Transport, reason: Failure): void {
    if (this.#secured.has(transport)) super.connectionEnded(transport, reason);
  }

  /** The protocol for a connection with TLS; the factory is told that it has one. */
  secured(transport: Transport, address: StreamAddress): StreamProtocol | null {
    const protocol = super.buildProtocol(address);
    if (!protocol) return null;
    super.connectionAccepted(transport);
    this.#secured.add(transport);
    return protocol;
  }
}

/** Holds a connection's place until its handshake has ended. */
class Securing implements StreamProtocol {
  readonly #factory: SecuringFactory;
  readonly #context: TLSContext;
  readonly #address: StreamAddress;
  #transport: Transport | undefined = undefined;
  #secured = false;

  constructor(factory: SecuringFactory, context: TLSContext, address: StreamAddress) {
    this.#factory = factory;
    this.#context = context;
    this.#address = address;
  }

  makeConnection(transport: Transport): void {
    this.#transport = transport;
    transport.startTLS(this.#context);
  }

  dataReceived(): void {}

  handshakeCompleted(): void {
    const transport = this.#transport as Transport;
    this.#secured = true;
    const protocol = this.#factory.secured(transport, this.#address);
    if (!protocol) {
      transport.loseConnection();
      return;
    }
    transport.setProtocol(protocol);
    if (transport.connected) protocol.handshakeCompleted?.();
  }

  connectionLost(reason: Failure): void {
    if (!this.#secured) this.#factory.handshakeFailed(this.#address, reason);
  }
}
