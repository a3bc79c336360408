import { Protocol } from "../protocol.ts";

/** From 1900, where this protocol begins to count, to 1970. */
const SECONDS_TO_1970 = 2_208_988_800;

/**
 * Says what time it is, in the seconds since 1900 as four bytes, and closes (RFC 868). They begin
 * anew in 2036.
 */
export class Time extends Protocol {
  readonly #now: () => Date;

  /** @param now the time of day: a reactor's clock only knows how much has passed. */
  constructor(now: () => Date) {
    super();
    this.#now = now;
  }

  override connectionMade(): void {
    const seconds = Math.floor(this.#now().getTime() / 1000) + SECONDS_TO_1970;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, seconds % 2 ** 32);
    this.transport.write(bytes);
    this.transport.loseConnection();
  }
}
