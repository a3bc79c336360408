import type { PullProducer } from "../../reactor/producer.ts";
import { Protocol } from "../protocol.ts";

const LINE_CHARACTERS = 72;
/** Those that can be printed, and again, so that a line may begin with any of them. */
const CHARACTERS: string = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .join("")
  .repeat(2);
const LINES = 95;

/**
 * Sends characters for as long as the peer takes them (RFC 864): lines of 72, each beginning with
 * the next one. As a pull producer it is asked for more when what it has sent has gone.
 *
 * ```ts
 * import { Chargen, Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(19, Factory.forProtocol(Chargen));
 * const client = await LineClient.dial(reactor, 19);
 * console.log((await client.heard('"#$%')).slice(0, 12)); // →  !"#$%&'()*+
 * client.abort();
 * await stopped;
 * ```
 */
export class Chargen extends Protocol implements PullProducer {
  #at = 0;

  override connectionMade(): void {
    this.transport.registerProducer(this, false);
  }

  /** Nobody listens any more: it would never end by itself. */
  readConnectionLost(): void {
    this.transport.unregisterProducer();
    this.transport.loseConnection();
  }

  resumeProducing(): void {
    const lines = Array.from({ length: LINES }, () => {
      const start = this.#at;
      this.#at = (this.#at + 1) % LINES;
      return `${CHARACTERS.slice(start, start + LINE_CHARACTERS)}\r\n`;
    });
    this.transport.write(lines.join(""));
  }

  stopProducing(): void {}
}
