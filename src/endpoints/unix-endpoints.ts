import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Reactor, UNIXConnectOptions, UNIXListenOptions } from "../reactor/capabilities.ts";
import { assertTimeout, listenUNIXRequest } from "../reactor/stream-checks.ts";
import type {
  ListeningPort,
  ProtocolFactory,
  StreamProtocol,
  UNIXAddress,
} from "../reactor/transport.ts";
import { assertUNIXName, quoteUNIXName } from "../reactor/unix-name.ts";
import { connectOnce, introduce } from "./connect-once.ts";
import type { ClientEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";

/** Listens on a UNIX socket. Fails as `listenUNIX`. */
export class UNIXServerEndpoint implements ServerEndpoint {
  readonly #reactor: Reactor<"unix">;
  readonly #name: string;
  readonly #options: UNIXListenOptions;

  /** @throws BadOptionError for a name that is too long, or a mode that is none. */
  constructor(reactor: Reactor<"unix">, name: string, options: UNIXListenOptions = {}) {
    listenUNIXRequest(name, options);
    this.#reactor = reactor;
    this.#name = name;
    this.#options = options;
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort<UNIXAddress>> {
    return maybeDeferred(() => this.#reactor.listenUNIX(this.#name, factory, this.#options));
  }
}

/** Connects to a UNIX socket. Fails as {@link TCPClientEndpoint} to an address. */
export class UNIXClientEndpoint implements ClientEndpoint {
  readonly #reactor: Reactor<"unix">;
  readonly #name: string;
  readonly #options: UNIXConnectOptions;

  /** @throws BadOptionError for a name that is too long, or a timeout that is none. */
  constructor(reactor: Reactor<"unix">, name: string, options: UNIXConnectOptions = {}) {
    assertUNIXName(name);
    if (options.timeout !== undefined) assertTimeout(options.timeout);
    this.#reactor = reactor;
    this.#name = name;
    this.#options = options;
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    return connectOnce(this.#reactor, quoteUNIXName(this.#name), factory, (ended) =>
      introduce(factory, ended, (introduction) =>
        this.#reactor.connectUNIX(this.#name, introduction, this.#options),
      ),
    );
  }
}
