import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type {
  ListeningPort,
  ProtocolFactory,
  StreamProtocol,
  UNIXAddress,
} from "../reactor/transport.ts";
import { assertUNIXName } from "../reactor/unix-name.ts";
import { connectOnce, introduce } from "./connect-once.ts";
import type { ClientEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";
import { localStreams } from "./local-streams.ts";

/**
 * Listens for connections from inside the same reactor, on a backend of any kind.
 *
 * ```ts
 * import { connectProtocol, createReactor, Factory, MemoryClientEndpoint } from "skein";
 * import { LineReceiver, MemoryServerEndpoint } from "skein";
 *
 * class Host extends LineReceiver {
 *   override lineReceived(line: string): void {
 *     console.log(`hello, ${line}`); // → hello, Ada
 *   }
 * }
 * const reactor = createReactor("clock");
 * new MemoryServerEndpoint(reactor, "tea").listen(Factory.forProtocol(Host));
 * connectProtocol(new MemoryClientEndpoint(reactor, "tea"), new Host()).addCallback((guest) => {
 *   guest.sendLine("Ada");
 * });
 * await reactor.advance(0);
 * ```
 *
 * The connections keep the laws of all transports: nothing is delivered in the call that wrote it,
 * who reads slowly slows its writer down, and they end when the reactor stops. Addresses are of the
 * type "UNIX", `memory:tea`; a client's is nameless. TLS is possible where the backend has it.
 *
 * Fails with CannotListenError when the reactor listens there already.
 */
export class MemoryServerEndpoint implements ServerEndpoint {
  readonly #reactor: Reactor;
  readonly #name: string;

  /** @throws BadOptionError for a name that is empty or too long (100 bytes). */
  constructor(reactor: Reactor, name: string) {
    this.#reactor = reactor;
    this.#name = addressOf(name);
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort<UNIXAddress>> {
    return maybeDeferred(() => localStreams(this.#reactor).listenUNIX(this.#name, factory));
  }
}

/** Connects to a {@link MemoryServerEndpoint} of the same reactor, or ConnectionRefusedError. */
export class MemoryClientEndpoint implements ClientEndpoint {
  readonly #reactor: Reactor;
  readonly #name: string;

  /** @throws BadOptionError as that. */
  constructor(reactor: Reactor, name: string) {
    this.#reactor = reactor;
    this.#name = addressOf(name);
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    return connectOnce(this.#reactor, this.#name, factory, (ended) =>
      introduce(factory, ended, (introduction) =>
        localStreams(this.#reactor).connectUNIX(this.#name, introduction),
      ),
    );
  }
}

/** What its address is called. */
export function memoryAddress(name: string): string {
  return name === "" ? "" : `memory:${name}`;
}

function addressOf(name: string): string {
  const address = memoryAddress(name);
  assertUNIXName(address);
  return address;
}
