import { ByteQueue } from "../core/byte-queue.ts";
import { bytesOf } from "../core/bytes.ts";
import type { Decoder } from "./decoder.ts";
import { BadFrameError, FrameTooLongError } from "./errors.ts";
import { type StringFormat, StringReceiver } from "./string-receiver.ts";

const [ZERO, NINE, COLON, COMMA] = [0x30, 0x39, 0x3a, 0x2c];

/** Netstrings: `5:hello,`. A length has no leading zeros. */
export class NetstringDecoder implements Decoder<Uint8Array> {
  readonly #format: StringFormat;
  readonly #queue = new ByteQueue();
  /** How long the string is whose bytes are awaited; undefined while its length is. */
  #length: number | undefined = undefined;

  constructor(format: StringFormat) {
    this.#format = format;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): Uint8Array | undefined {
    this.#length ??= this.#takeLength();
    if (this.#length === undefined || this.#queue.length <= this.#length) return undefined;
    const string = this.#queue.take(this.#length);
    const [end] = this.#queue.take(1);
    if (end !== COMMA) throw new BadFrameError("netstring", "no comma at its end");
    this.#length = undefined;
    return string;
  }

  takeRest(): Uint8Array {
    const length = this.#length;
    if (length !== undefined) this.#queue.unshift(bytesOf(`${length}:`));
    this.#length = undefined;
    return this.#queue.takeAll();
  }

  #takeLength(): number | undefined {
    const { bytes } = this.#queue;
    const { maxLength } = this.#format;
    // Longer ones cannot be told exactly, whatever the limit.
    const most = Math.min(maxLength, Number.MAX_SAFE_INTEGER);
    let length = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === COLON && at > 0) {
        this.#queue.drop(at + 1);
        return length;
      }
      if (byte < ZERO || byte > NINE) throw new BadFrameError("netstring", "its length is none");
      if (at > 0 && length === 0) throw new BadFrameError("netstring", "its length begins with 0");
      length = length * 10 + byte - ZERO;
      // More digits make it longer still.
      if (!(length <= most)) throw new FrameTooLongError(length, maxLength);
    }
    return undefined;
  }
}

/**
 * A protocol of netstrings: strings of bytes, each behind its length.
 *
 * ```ts
 * import { NetstringReceiver } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * class Reverse extends NetstringReceiver {
 *   override stringReceived(string: Uint8Array): void {
 *     this.sendString(Uint8Array.from(string).reverse());
 *   }
 *   override decodingFailed(error: Error): void {
 *     this.sendString(error.message); // unless overridden, it ends the connection
 *     this.transport.loseConnection(error);
 *   }
 * }
 * const protocol = new Reverse();
 * const transport = new StringTransport();
 * protocol.makeConnection(transport);
 * protocol.dataReceived(new TextEncoder().encode("3:abc,4:abcd;"));
 * console.log(transport.text()); // → 3:cba,47:the peer sent no netstring: no comma at its end,
 * ```
 */
export abstract class NetstringReceiver extends StringReceiver {
  override readonly decoder: NetstringDecoder = new NetstringDecoder(this);

  override sendString(string: Uint8Array | string): boolean {
    const bytes = bytesOf(string);
    return this.transport.writeSequence([`${bytes.length}:`, bytes, ","]);
  }
}
