import { ByteQueue } from "../../core/byte-queue.ts";
import type { Decoder } from "../decoder.ts";
import { BadFrameError, FrameTooLongError } from "../errors.ts";
import type { Box } from "./box.ts";
import { latin1Of } from "./wire-text.ts";

/** The most bytes that a box may have, unless set. */
export const MAX_BOX_BYTES: number = 1024 * 1024;

/** What is taken for a box; may change between any two. */
export interface BoxFormat {
  /** The most bytes that a box may have, with all its keys and lengths. */
  readonly maxBoxBytes: number;
}

/**
 * AMP's boxes of the bytes that have arrived. Of a key that comes twice the last value counts.
 *
 * ```ts
 * import { BoxDecoder, encodeBox } from "skein/amp";
 *
 * const boxes = new BoxDecoder({ maxBoxBytes: 1000 });
 * boxes.push(encodeBox({ tea: "green" }));
 * console.log(new TextDecoder().decode(boxes.next()?.get("tea"))); // → green
 * boxes.push(new TextEncoder().encode("GET / HTTP/1.1"));
 * try {
 *   boxes.next();
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // → the peer sent no AMP box: a key has over 255 bytes
 * }
 * ```
 */
export class BoxDecoder implements Decoder<Box> {
  readonly #format: BoxFormat;
  /** From the beginning of the present box on. */
  readonly #queue = new ByteQueue();
  /** What is known of the present box: so many bytes of the queue. */
  #box: Box = new Map();
  #read = 0;

  constructor(format: BoxFormat) {
    this.#format = format;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): Box | undefined {
    const { maxBoxBytes } = this.#format;
    const { bytes } = this.#queue;
    const { length } = bytes;
    let at = this.#read;
    while (at < length) {
      if (bytes[at] !== 0) throw new BadFrameError("AMP box", "a key has over 255 bytes");
      if (at + 1 === length) break;
      const keyBytes = bytes[at + 1] as number;
      if (keyBytes === 0) return this.#finish(at + 2);
      const keyAt = at + 2;
      const valueAt = keyAt + keyBytes + 2;
      // The end of the box takes two more.
      if (!(valueAt + 2 <= maxBoxBytes)) throw new FrameTooLongError(valueAt + 2, maxBoxBytes);
      if (valueAt > length) break;
      const end = valueAt + (bytes[valueAt - 2] as number) * 256 + (bytes[valueAt - 1] as number);
      if (!(end + 2 <= maxBoxBytes)) throw new FrameTooLongError(end + 2, maxBoxBytes);
      if (end > length) break;
      this.#box.set(latin1Of(bytes, keyAt, valueAt - 2), bytes.subarray(valueAt, end));
      at = end;
    }
    this.#read = at;
    return undefined;
  }

  takeRest(): Uint8Array {
    this.#box = new Map();
    this.#read = 0;
    return this.#queue.takeAll();
  }

  #finish(boxBytes: number): Box {
    const box = this.#box;
    this.#queue.drop(boxBytes);
    this.#box = new Map();
    this.#read = 0;
    return box;
  }
}
