import type { Deferred } from "../defer/deferred.ts";
import type { DatagramTransport } from "../reactor/datagrams.ts";
import { textOf } from "../reactor/unix-name.ts";
import { Service, type ServiceOptions } from "./service.ts";

/**
 * A UDP port that is open while the service runs.
 *
 * ```ts
 * import { createReactor, DatagramProtocol, DatagramService, type UDPAddress } from "skein";
 *
 * class Echo extends DatagramProtocol {
 *   override datagramReceived(data: Uint8Array, from: UDPAddress): void {
 *     this.transport.write(data, from);
 *   }
 * }
 *
 * const reactor = createReactor("clock");
 * const echo = new DatagramService(() => reactor.listenUDP(7100, new Echo()));
 * await reactor.advance(0);
 * void echo.startService();
 * await reactor.advance(0);
 * console.log(echo.inspect().detail); // → listening on 0.0.0.0:7100
 * ```
 *
 * `listen` opens it at each start, by listenUDP or listenMulticast, with a protocol of its own. The
 * stop sends what was written, and fires when the address is free.
 */
export class DatagramService<T extends DatagramTransport = DatagramTransport> extends Service {
  readonly #listen: () => Deferred<T>;
  #port: T | undefined = undefined;

  constructor(listen: () => Deferred<T>, options?: ServiceOptions) {
    super(options);
    this.#listen = listen;
  }

  /** The port, while it is open. */
  get port(): T | undefined {
    return this.#port;
  }

  protected override privilegedStart(): Deferred<void> {
    return this.#listen().addCallback((port) => {
      this.#port = port;
    });
  }

  protected override start(): Deferred<void> | undefined {
    return this.#port === undefined ? this.privilegedStart() : undefined;
  }

  protected override stop(): Deferred<void> | undefined {
    const port = this.#port;
    this.#port = undefined;
    return port?.stopListening();
  }

  protected override describe(): string {
    return this.#port === undefined ? "" : `listening on ${textOf(this.#port.getHost())}`;
  }
}
