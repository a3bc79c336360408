import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { peerOf } from "../reactor/end-of.ts";
import { NoProtocolError } from "../reactor/errors.ts";
import type { TLSClientOptions } from "../reactor/tls.ts";
import type { StreamAddress, StreamProtocol, Transport } from "../reactor/transport.ts";
import type { ClientEndpoint, FactoryOf } from "./endpoint.ts";
import { ConnectingCancelledError } from "./errors.ts";

/**
 * TLS over the connections of any client endpoint: through a command, over a UNIX socket, over
 * another program's protocol.
 *
 * The protocol is built when the handshake has ended well, so that in connectionMade the server is
 * known; connect() fails with the TLSError that says why it has not. The certificate must bear
 * `tls.serverName`, or else the endpoint's host. Files are read at each connect().
 */
export function wrapClientTLS(tls: TLSClientOptions, endpoint: ClientEndpoint): ClientEndpoint {
  const { serverName = endpoint.host } = tls;
  const options = serverName === undefined ? tls : { ...tls, serverName };
  return {
    host: endpoint.host,
    connect: <P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> => {
      let securing: Securing<P> | undefined;
      const secured = new Deferred<P>(() => {
        // Until there is a connection it is the endpoint's to say what was cancelled.
        if (securing === undefined) connecting.cancel();
        else securing.cancel();
      });
      const connecting: Deferred<unknown> = endpoint.connect({
        buildProtocol: () => (securing = new Securing(factory, options, secured)),
        doStart: () => factory.doStart(),
        doStop: () => factory.doStop(),
      });
      connecting.addErrback((failure) => {
        if (!secured.called) secured.errback(failure);
      });
      return secured;
    },
  };
}

/** Holds a connection's place until its handshake has ended. */
class Securing<P extends StreamProtocol> implements StreamProtocol {
  readonly #factory: FactoryOf<P>;
  readonly #tls: TLSClientOptions;
  readonly #secured: Deferred<P>;
  #transport: Transport | undefined = undefined;

  constructor(factory: FactoryOf<P>, tls: TLSClientOptions, secured: Deferred<P>) {
    this.#factory = factory;
    this.#tls = tls;
    this.#secured = secured;
  }

  makeConnection(transport: Transport): void {
    this.#transport = transport;
    try {
      transport.startTLS(this.#tls);
    } catch (error) {
      this.#fail(error);
    }
  }

  dataReceived(): void {}

  handshakeCompleted(): void {
    const transport = this.#transport as Transport;
    let protocol: P | null | undefined;
    try {
      protocol = this.#factory.buildProtocol(transport.getPeer() satisfies StreamAddress);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!protocol) {
      this.#fail(new NoProtocolError(peerOf(transport)));
      return;
    }
    transport.setProtocol(protocol);
    // It may have been cancelled from the protocol's own connectionMade.
    if (!this.#secured.called) this.#secured.callback(protocol);
    if (transport.connected) protocol.handshakeCompleted?.();
  }

  connectionLost(reason: Failure): void {
    if (!this.#secured.called) this.#secured.errback(reason);
  }

  cancel(): void {
    const transport = this.#transport as Transport;
    this.#fail(new ConnectingCancelledError(peerOf(transport)));
  }

  #fail(error: unknown): void {
    if (!this.#secured.called) this.#secured.errback(error);
    this.#transport?.abortConnection();
  }
}
