import { ByteQueue } from "../core/byte-queue.ts";
import type { Decoder } from "./decoder.ts";

// In a stream of lines U+FEFF is a character like others, not a mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The frame that stands for a line over the limit, which is dropped. */
export const TOO_LONG: unique symbol = Symbol("a line that is too long");

/** May change between any two lines. */
export interface LineFormat {
  /** What ends a line; not part of it. */
  readonly delimiter: string;
  /** The most bytes that a line may have, without its delimiter. */
  readonly maxLength: number;
}

/**
 * Lines of UTF-8 text. In raw mode, pieces of bytes. `TOO_LONG` comes once for a line that is
 * longer than the limit, as soon as that is known.
 */
export class LineDecoder implements Decoder<string | Uint8Array | typeof TOO_LONG> {
  readonly #format: LineFormat;
  /** At most one chunk and a line that is not complete. */
  readonly #queue = new ByteQueue();
  /** How far into the queue no delimiter begins: bytes are searched once. */
  #searched = 0;
  #raw = false;
  /** The rest of a line that was too long is being dropped. */
  #skipping = false;
  #delimiter: { text: string; bytes: Uint8Array } = { text: "", bytes: new Uint8Array(0) };

  constructor(format: LineFormat) {
    this.#format = format;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  /** From here on bytes are not looked at, starting with those behind the present line. */
  setRawMode(): void {
    this.#raw = true;
  }

  /** Back to lines; `extra` comes before what was not taken yet. */
  setLineMode(extra: Uint8Array): void {
    this.#raw = false;
    this.#queue.unshift(extra);
    this.#searched = 0;
  }

  next(): string | Uint8Array | typeof TOO_LONG | undefined {
    // Raw mode begins behind the present line, even if that is too long and has not ended yet.
    while (!this.#raw || this.#skipping) {
      const queue = this.#queue;
      const delimiter = this.#encodedDelimiter();
      const end = find(queue.bytes, delimiter, this.#searched);
      // Without a delimiter, so much is the line for certain: one may have begun behind it.
      const length = end >= 0 ? end : Math.max(0, queue.length - delimiter.length + 1);
      const skipped = this.#skipping;
      const tooLong = length > this.#format.maxLength && !skipped;
      this.#searched = end >= 0 ? 0 : length;
      if (end >= 0) {
        this.#skipping = false;
        const line = queue.take(end + delimiter.length);
        if (tooLong) return TOO_LONG;
        if (!skipped) return decoder.decode(line.subarray(0, end));
        continue;
      }
      if (tooLong || skipped) {
        this.#skipping = true;
        queue.take(length);
        this.#searched = 0;
      }
      return tooLong ? TOO_LONG : undefined;
    }
    const data = this.takeRest();
    return data.length === 0 ? undefined : data;
  }

  takeRest(): Uint8Array {
    this.#searched = 0;
    return this.#queue.takeAll();
  }

  #encodedDelimiter(): Uint8Array {
    const text = this.#format.delimiter;
    if (this.#delimiter.text !== text) {
      this.#delimiter = { text, bytes: encoder.encode(text) };
      this.#searched = 0;
    }
    return this.#delimiter.bytes;
  }
}

/** Where `wanted` begins in `bytes`, at or after `from`; -1 when it does not. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}
