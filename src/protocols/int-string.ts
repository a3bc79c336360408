import { ByteQueue } from "../core/byte-queue.ts";
import { bytesOf } from "../core/bytes.ts";
import { BadOptionError } from "../core/errors.ts";
import type { Decoder } from "./decoder.ts";
import { FrameTooLongError } from "./errors.ts";
import { type StringFormat, StringReceiver } from "./string-receiver.ts";

/** How many bytes tell the length of a string. */
export type PrefixBytes = 1 | 2 | 4;

/** Strings behind their lengths, which are whole numbers, the high byte first. */
export class IntStringDecoder implements Decoder<Uint8Array> {
  readonly #prefixBytes: PrefixBytes;
  readonly #format: StringFormat;
  readonly #queue = new ByteQueue();

  constructor(prefixBytes: PrefixBytes, format: StringFormat) {
    this.#prefixBytes = prefixBytes;
    this.#format = format;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): Uint8Array | undefined {
    if (this.#queue.length < this.#prefixBytes) return undefined;
    const { bytes } = this.#queue;
    let length = 0;
    for (let i = 0; i < this.#prefixBytes; i++) length = length * 256 + (bytes[i] as number);
    const { maxLength } = this.#format;
    // A limit that is no number is one that nothing keeps.
    if (!(length <= maxLength)) throw new FrameTooLongError(length, maxLength);
    if (this.#queue.length < this.#prefixBytes + length) return undefined;
    this.#queue.drop(this.#prefixBytes);
    return this.#queue.take(length);
  }

  takeRest(): Uint8Array {
    return this.#queue.takeAll();
  }
}

abstract class IntStringReceiver extends StringReceiver {
  readonly #prefixBytes: PrefixBytes;
  override readonly decoder: IntStringDecoder;

  constructor(prefixBytes: PrefixBytes) {
    super();
    this.#prefixBytes = prefixBytes;
    this.decoder = new IntStringDecoder(prefixBytes, this);
  }

  override sendString(string: Uint8Array | string): boolean {
    const bytes = bytesOf(string);
    const most = 256 ** this.#prefixBytes - 1;
    if (bytes.length > most) {
      throw new BadOptionError(`a string here has ${most} bytes at most, not ${bytes.length}`);
    }
    const prefix = new Uint8Array(this.#prefixBytes);
    for (let i = prefix.length, rest = bytes.length; i > 0; rest = Math.floor(rest / 256)) {
      prefix[--i] = rest;
    }
    return this.transport.writeSequence([prefix, bytes]);
  }
}

/** A protocol of strings of up to 255 bytes, each behind its length in one byte. */
export abstract class Int8StringReceiver extends IntStringReceiver {
  constructor() {
    super(1);
  }
}

/**
 * A protocol of strings of up to 65,535 bytes, each behind its length in two bytes.
 *
 * ```ts
 * import { Int16StringReceiver } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * class Echo extends Int16StringReceiver {
 *   override maxLength = 1000;
 *   override stringReceived(string: Uint8Array): void {
 *     this.sendString(string);
 *   }
 * }
 * const echo = new Echo();
 * const transport = new StringTransport();
 * echo.makeConnection(transport);
 * echo.dataReceived(Uint8Array.of(0, 2, 104, 105));
 * echo.dataReceived(Uint8Array.of(255, 255)); // the bytes themselves are not waited for
 * console.log(transport.bytes()); // → Uint8Array(4) [ 0, 2, 104, 105 ]
 * console.log(transport.reason?.message);
 * // → the peer announced a frame of 65535 bytes: 1000 are taken at most
 * ```
 */
export abstract class Int16StringReceiver extends IntStringReceiver {
  constructor() {
    super(2);
  }
}

/** A protocol of strings of up to 2³² − 1 bytes, each behind its length in four bytes. */
export abstract class Int32StringReceiver extends IntStringReceiver {
  constructor() {
    super(4);
  }
}
