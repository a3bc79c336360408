import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { adoptRequest } from "../reactor/stream-checks.ts";
import type { AddressFamily } from "../reactor/stream-driver.ts";
import type { ListeningPort, ProtocolFactory, StreamAddress } from "../reactor/transport.ts";
import type { ServerEndpoint } from "./endpoint.ts";
import { AlreadyListenedError } from "./errors.ts";

/**
 * Accepts connections on a descriptor that listens already. It can be listened on once, as it is
 * closed with its port: later calls fail with AlreadyListenedError. Fails else as
 * `adoptStreamPort`; after that it may be tried again.
 */
export class AdoptedServerEndpoint implements ServerEndpoint {
  readonly #reactor: Reactor<"adopt">;
  readonly #descriptor: number;
  readonly #family: AddressFamily;
  #used = false;

  /** @throws BadOptionError for what is no descriptor or family. */
  constructor(reactor: Reactor<"adopt">, descriptor: number, family: AddressFamily) {
    adoptRequest(descriptor, family);
    this.#reactor = reactor;
    this.#descriptor = descriptor;
    this.#family = family;
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort<StreamAddress>> {
    if (this.#used) return fail(new AlreadyListenedError(this.#descriptor));
    this.#used = true;
    return maybeDeferred(() =>
      this.#reactor.adoptStreamPort(this.#descriptor, this.#family, factory),
    ).addErrback((failure: Failure) => {
      this.#used = false;
      return failure;
    });
  }
}
