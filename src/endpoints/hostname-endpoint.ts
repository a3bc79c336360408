import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { FailureGroup } from "../defer/race.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { ATTEMPT_DELAY_SECONDS, firstToConnect } from "../reactor/first-to-connect.ts";
import { resolveHost } from "../reactor/resolve-host.ts";
import { assertPort, assertTimeout } from "../reactor/stream-checks.ts";
import type { StreamProtocol } from "../reactor/transport.ts";
import { textOf } from "../reactor/unix-name.ts";
import { connectOnce, introduce } from "./connect-once.ts";
import type { ClientEndpoint, FactoryOf } from "./endpoint.ts";
import { AllAddressesFailedError } from "./errors.ts";

export interface HostnameOptions {
  /** Seconds that the attempt at each of the addresses has; 30 unless given. */
  timeout?: number;
  /** Seconds until the next address is tried too; 0.3 unless given. */
  attemptDelay?: number;
  /** The local address to connect from; the addresses of its family are tried alone. */
  bindAddress?: string;
}

/**
 * Connects by TCP to a host by its name, at whichever of its addresses answers first.
 *
 * ```ts
 * import { AllAddressesFailedError, HostnameEndpoint } from "skein/endpoints";
 * import { Factory, Protocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock", { names: { "db.example": ["10.0.0.5", "10.0.0.6"] } });
 * await reactor.advance(0);
 * reactor.listenTCP(5432, Factory.forProtocol(Protocol), { interface: "10.0.0.6" });
 *
 * const db = new HostnameEndpoint(reactor, "db.example", 5432);
 * db.connect(Factory.forProtocol(Protocol)).addCallback((protocol) => {
 *   console.log(protocol.transport.getPeer());
 * });
 * await reactor.advance(1); // → { type: 'TCP', host: '10.0.0.6', port: 5432 }
 *
 * new HostnameEndpoint(reactor, "db.example", 99)
 *   .connect(Factory.forProtocol(Protocol))
 *   .addErrback((failure) => {
 *     failure.trap(AllAddressesFailedError);
 *     for (const { message } of (failure.value as AllAddressesFailedError).failures) {
 *       console.log(message);
 *     }
 *   });
 * await reactor.advance(1);
 * // → ConnectionRefusedError: nobody listens on 10.0.0.5:99
 * // → ConnectionRefusedError: nobody listens on 10.0.0.6:99
 * ```
 *
 * The reactor's resolver is asked at each connect. Its addresses are tried in their order, IPv6 and
 * IPv4 in turn, each `attemptDelay` seconds after the one before, or as soon as any has failed. The
 * first to connect wins, and only there a protocol is built; the other attempts are given up. One
 * at which the factory builds none has failed.
 *
 * Fails with UnknownHostError or what else the resolver says; with AllAddressesFailedError, which
 * holds the failure of each, when none could be connected to; with ConnectingCancelledError when it
 * is cancelled. The factory is in use from connect() on, until that has failed, or the connection
 * has ended.
 */
export class HostnameEndpoint implements ClientEndpoint {
  readonly host: string;
  readonly #reactor: Reactor<"tcp" | "names">;
  readonly #port: number;
  readonly #attemptDelay: number;
  readonly #options: { timeout?: number; bindAddress?: string };

  /** @throws BadOptionError for a port, or times, that are none. */
  constructor(
    reactor: Reactor<"tcp" | "names">,
    host: string,
    port: number,
    options: HostnameOptions = {},
  ) {
    const { attemptDelay = ATTEMPT_DELAY_SECONDS, ...connectOptions } = options;
    assertPort(port, 1);
    if (connectOptions.timeout !== undefined) assertTimeout(connectOptions.timeout);
    if (!(attemptDelay >= 0 && attemptDelay < Infinity)) {
      throw new BadOptionError(`attemptDelay must be 0 or more seconds, not ${attemptDelay}`);
    }
    this.#reactor = reactor;
    this.host = host;
    this.#port = port;
    this.#attemptDelay = attemptDelay;
    this.#options = connectOptions;
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    const where = textOf({ host: this.host, port: this.#port });
    return connectOnce(this.#reactor, where, factory, (ended) =>
      resolveHost(this.#reactor.nameResolver, this.host, this.#options.bindAddress)
        .addCallback((addresses) =>
          firstToConnect(
            this.#reactor,
            this.#attemptDelay,
            addresses.map((address) => () => this.#attempt(address, factory, ended)),
          ),
        )
        .addErrback((failure) => {
          failure.trap(FailureGroup);
          throw new AllAddressesFailedError(where, (failure.value as FailureGroup).failures);
        }),
    );
  }

  #attempt<P extends StreamProtocol>(
    address: string,
    factory: FactoryOf<P>,
    ended: () => void,
  ): Deferred<P> {
    return introduce(factory, ended, (introduction) =>
      this.#reactor.connectTCP(address, this.#port, introduction, this.#options),
    );
  }
}
