import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ConnectOptions, ListenOptions, Reactor } from "../reactor/capabilities.ts";
import { assertPort } from "../reactor/stream-checks.ts";
import type { TLSClientOptions, TLSServerOptions } from "../reactor/tls.ts";
import type { ListeningPort, ProtocolFactory, StreamProtocol } from "../reactor/transport.ts";
import type { ClientEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";
import { TCPClientEndpoint } from "./tcp-endpoints.ts";
import { wrapClientTLS } from "./wrap-client-tls.ts";

/**
 * Listens on a TCP port, by TLS. Fails as `listenSSL`; files of certificates and keys are read at
 * each listen(), which fails with BadOptionError for those that cannot be used.
 */
export class TLSServerEndpoint implements ServerEndpoint {
  readonly #reactor: Reactor<"tls">;
  readonly #port: number;
  readonly #tls: TLSServerOptions;
  readonly #options: ListenOptions;

  /** @throws BadOptionError for a number that is no port. */
  constructor(
    reactor: Reactor<"tls">,
    port: number,
    tls: TLSServerOptions,
    options: ListenOptions = {},
  ) {
    assertPort(port, 0);
    this.#reactor = reactor;
    this.#port = port;
    this.#tls = tls;
    this.#options = options;
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort> {
    return maybeDeferred(() =>
      this.#reactor.listenSSL(this.#port, factory, this.#tls, this.#options),
    );
  }
}

/**
 * Connects by TLS over TCP: {@link wrapClientTLS} over a {@link TCPClientEndpoint}. The server's
 * certificate must bear the host's name, unless `tls.serverName` is given.
 *
 * ```ts
 * import { createReactor, Factory, Protocol, TLSClientEndpoint, TLSServerEndpoint } from "skein";
 *
 * const reactor = createReactor("clock", {
 *   names: { "tea.example": "10.0.0.5", "coffee.example": "10.0.0.5" },
 *   certificates: { "/etc/tea/cert.pem": { subject: "tea.example" } },
 * });
 * const tls = { certificate: "/etc/tea/cert.pem", privateKey: "/etc/tea/key.pem" };
 * new TLSServerEndpoint(reactor, 7000, tls).listen(Factory.forProtocol(Protocol));
 * await reactor.advance(0);
 *
 * for (const host of ["tea.example", "coffee.example"]) {
 *   new TLSClientEndpoint(reactor, host, 7000).connect(Factory.forProtocol(Protocol)).addCallbacks(
 *     ({ transport }) => console.log(transport.getPeerCertificate()?.subject),
 *     (failure) => console.log((failure.value as Error).name),
 *   );
 *   await reactor.advance(1);
 * }
 * // → tea.example
 * // → CertificateNameError
 * ```
 */
export class TLSClientEndpoint implements ClientEndpoint {
  readonly host: string;
  readonly #secured: ClientEndpoint;

  /** @throws BadOptionError for a port or timeout that is none. */
  constructor(
    reactor: Reactor<"tls" | "tcp">,
    host: string,
    port: number,
    tls: TLSClientOptions = {},
    options: ConnectOptions = {},
  ) {
    this.host = host;
    this.#secured = wrapClientTLS(tls, new TCPClientEndpoint(reactor, host, port, options));
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    return this.#secured.connect(factory);
  }
}
