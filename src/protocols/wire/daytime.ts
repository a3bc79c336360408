import { Protocol } from "../protocol.ts";

/**
 * Says what time it is, for people, and closes (RFC 867).
 *
 * ```ts
 * import { Daytime, Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const noon = Date.UTC(2026, 0, 1, 12); // a real daemon: () => new Date()
 * const now = () => new Date(noon + reactor.seconds() * 1000);
 * await reactor.listenTCP(13, Factory.from(() => new Daytime(now)));
 * const client = await LineClient.dial(reactor, 13);
 * console.log(await client.heard("2026")); // → Thu, 01 Jan 2026 12:00:00 GMT
 * await stopped;
 * ```
 */
export class Daytime extends Protocol {
  readonly #now: () => Date;

  /** @param now the time of day: a reactor's clock only knows how much has passed. */
  constructor(now: () => Date) {
    super();
    this.#now = now;
  }

  override connectionMade(): void {
    this.transport.write(`${this.#now().toUTCString()}\r\n`);
    this.transport.loseConnection();
  }
}
