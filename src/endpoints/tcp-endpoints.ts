import { isIP } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ConnectOptions, ListenOptions, Reactor } from "../reactor/capabilities.ts";
import { hasCapability } from "../reactor/internals.ts";
import { assertPort, assertTimeout } from "../reactor/stream-checks.ts";
import type { ListeningPort, ProtocolFactory, StreamProtocol } from "../reactor/transport.ts";
import { textOf } from "../reactor/unix-name.ts";
import { connectOnce, introduce } from "./connect-once.ts";
import type { ClientEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";
import { HostnameEndpoint } from "./hostname-endpoint.ts";

/**
 * Listens on a TCP port; with the option `interface: "::"`, on that of both families.
 *
 * ```ts
 * import { Factory, Protocol, createReactor, TCPClientEndpoint, TCPServerEndpoint } from "skein";
 *
 * const reactor = createReactor("clock");
 * const server = new TCPServerEndpoint(reactor, 8080, { interface: "127.0.0.1" });
 * server.listen(Factory.forProtocol(Protocol)).addCallback((port) => {
 *   console.log(port.getHost()); // → { type: 'TCP', host: '127.0.0.1', port: 8080 }
 * });
 * await reactor.advance(0);
 *
 * const client = new TCPClientEndpoint(reactor, "127.0.0.1", 8081);
 * client.connect(Factory.forProtocol(Protocol)).addErrback((failure) => {
 *   console.log(failure.message); // → ConnectionRefusedError: nobody listens on 127.0.0.1:8081
 * });
 * await reactor.advance(0);
 * ```
 *
 * Fails as `listenTCP`.
 */
export class TCPServerEndpoint implements ServerEndpoint {
  readonly #reactor: Reactor<"tcp">;
  readonly #port: number;
  readonly #options: ListenOptions;

  /** @throws BadOptionError for a number that is no port; 0 is any free one, at each listen(). */
  constructor(reactor: Reactor<"tcp">, port: number, options: ListenOptions = {}) {
    assertPort(port, 0);
    this.#reactor = reactor;
    this.#port = port;
    this.#options = options;
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort> {
    return maybeDeferred(() => this.#reactor.listenTCP(this.#port, factory, this.#options));
  }
}

/**
 * Connects by TCP, to an IP address or to a host by its name: that is {@link HostnameEndpoint}'s
 * work, by which it then fails. To an address it fails with ConnectionRefusedError, TimeoutError
 * or another ConnectError; with ConnectingCancelledError when it is cancelled.
 */
export class TCPClientEndpoint implements ClientEndpoint {
  readonly host: string;
  readonly #reactor: Reactor<"tcp">;
  readonly #port: number;
  readonly #options: ConnectOptions;

  /** @throws BadOptionError for a port or timeout that is none. */
  constructor(reactor: Reactor<"tcp">, host: string, port: number, options: ConnectOptions = {}) {
    assertPort(port, 1);
    if (options.timeout !== undefined) assertTimeout(options.timeout);
    this.#reactor = reactor;
    this.host = host;
    this.#port = port;
    this.#options = options;
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    const { host } = this;
    const [reactor, port, options] = [this.#reactor, this.#port, this.#options];
    // Without a resolver of the reactor's, names are its backend's own affair.
    if (!isIP(host) && hasCapability(reactor, "names")) {
      const named = reactor as Reactor<"tcp" | "names">;
      return new HostnameEndpoint(named, host, port, options).connect(factory);
    }
    return connectOnce(reactor, textOf({ host, port }), factory, (ended) =>
      introduce(factory, ended, (introduction) =>
        reactor.connectTCP(host, port, introduction, options),
      ),
    );
  }
}
