import { Protocol } from "../protocol.ts";

/** Says a quotation, and closes (RFC 865). */
export class QOTD extends Protocol {
  readonly #quote: () => string;

  /** @param quote asked for each connection. */
  constructor(quote: () => string) {
    super();
    this.#quote = quote;
  }

  override connectionMade(): void {
    this.transport.write(`${this.#quote()}\r\n`);
    this.transport.loseConnection();
  }
}
