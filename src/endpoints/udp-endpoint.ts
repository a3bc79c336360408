import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ListenUDPOptions, Reactor } from "../reactor/capabilities.ts";
import type { DatagramReceiver, DatagramTransport } from "../reactor/datagrams.ts";
import { assertPort } from "../reactor/stream-checks.ts";
import type { DatagramEndpoint } from "./endpoint.ts";

/** Opens a UDP port. Fails as `listenUDP`. */
export class UDPEndpoint implements DatagramEndpoint {
  readonly #reactor: Reactor<"udp">;
  readonly #port: number;
  readonly #options: ListenUDPOptions;

  /** @throws BadOptionError for a number that is no port; 0 is any free one, at each listen(). */
  constructor(reactor: Reactor<"udp">, port: number, options: ListenUDPOptions = {}) {
    assertPort(port, 0);
    this.#reactor = reactor;
    this.#port = port;
    this.#options = options;
  }

  listen(protocol: DatagramReceiver): Deferred<DatagramTransport> {
    return maybeDeferred(() => this.#reactor.listenUDP(this.#port, protocol, this.#options));
  }
}
