import { ByteQueue } from "../core/byte-queue.ts";
import { BadOptionError } from "../core/errors.ts";
import type { Decoder } from "./decoder.ts";

// In a stream of lines U+FEFF is a character like others, not a mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
/** So many bytes are decoded at once, when there are whole lines in them. */
const AT_ONCE_BYTES = 8192;
const NOT_ASCII = /[^\0-\x7f]/;

/** The frame that stands for a line over the limit, which is dropped. */
export const TOO_LONG: unique symbol = Symbol("a line that is too long");

/** May change between any two lines. */
export interface LineFormat {
  /** What ends a line; not part of it. */
  readonly delimiter: string;
  /** The most bytes that a line may have, without its delimiter. */
  readonly maxLength: number;
}

/** @throws BadOptionError for a delimiter, or a limit, that is none. */
export function assertLineFormat({ delimiter, maxLength }: LineFormat): void {
  if (delimiter === "") throw new BadOptionError("a delimiter has one character at least");
  if (maxLength >= 0) return;
  throw new BadOptionError(`maxLength must be 0 or more bytes, not ${maxLength}`);
}

/**
 * Lines of UTF-8 text. In raw mode, pieces of bytes. `TOO_LONG` comes once for a line that is
 * longer than the limit, as soon as that is known.
 *
 * ```ts
 * import { LineDecoder } from "skein/protocols";
 *
 * const lines = new LineDecoder({ delimiter: "\n", maxLength: 80 });
 * lines.push(new TextEncoder().encode("one\ntwo\nthr"));
 * console.log(lines.next(), lines.next(), lines.next()); // → one two undefined
 * ```
 *
 * Whole lines that have arrived are decoded a few at once: one by one costs several times as much.
 * A line is a slice of that text, so that to keep one is to keep its neighbours, up to 8 KiB.
 */
export class LineDecoder implements Decoder<string | Uint8Array | typeof TOO_LONG> {
  readonly #format: LineFormat;
  /** At most one chunk and a line that is not complete, behind the lines that are decoded. */
  readonly #queue = new ByteQueue();
  /** How far into the queue no delimiter begins: bytes are searched once. */
  #searched = 0;
  #raw = false;
  /** The rest of a line that was too long is being dropped. */
  #skipping = false;
  #maxLength = 0;
  #delimiter = "";
  #delimiterBytes: Uint8Array = EMPTY;
  /** Else it is looked for in bytes alone: text cannot tell U+FFFD from what is not UTF-8. */
  #ascii = true;
  /** Whole lines, of which those from `#at` on are still to be given. */
  #text = "";
  #at = 0;
  /** How many were given; and how many bytes at the head of the queue all of them are. */
  #given = 0;
  #bytes = 0;

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
    this.#settle();
    this.#queue.unshift(extra);
  }

  next(): string | Uint8Array | typeof TOO_LONG | undefined {
    // Raw mode begins behind the present line, even if that is too long and has not ended yet.
    while (!this.#raw || this.#skipping) {
      const { delimiter, maxLength } = this.#format;
      if (this.#delimiter !== delimiter || this.#maxLength !== maxLength) {
        this.#use(delimiter, maxLength);
      }
      if (this.#at === this.#text.length && !this.#decode()) return this.#unfinished();
      const end = this.#ascii
        ? this.#text.indexOf(delimiter, this.#at)
        : this.#text.length - delimiter.length;
      if (end < 0) {
        // Of delimiters that overlap, the last one in the text was none.
        this.#settle();
        continue;
      }
      const line = this.#text.slice(this.#at, end);
      this.#at = end + delimiter.length;
      this.#given++;
      if (this.#skipping) this.#skipping = false;
      else return this.#bytes - this.#delimiterBytes.length > maxLength ? TOO_LONG : line;
    }
    const data = this.takeRest();
    return data.length === 0 ? undefined : data;
  }

  takeRest(): Uint8Array {
    this.#settle();
    return this.#queue.takeAll();
  }

  /** Decodes whole lines, if there are any: several at once, or one that may be too long. */
  #decode(): boolean {
    if (this.#bytes > 0) this.#settle();
    const first = this.#find(this.#searched);
    if (first < 0) return false;
    const last = this.#ascii ? this.#findLast(first) : first;
    this.#bytes = last + this.#delimiterBytes.length;
    this.#text = decoder.decode(this.#queue.bytes.subarray(0, this.#bytes));
    return true;
  }

  /** There is no delimiter: so much is the line for certain, as one may begin behind it. */
  #unfinished(): typeof TOO_LONG | undefined {
    const length = Math.max(0, this.#queue.length - this.#delimiterBytes.length + 1);
    const tooLong = length > this.#maxLength && !this.#skipping;
    this.#searched = length;
    if (tooLong || this.#skipping) {
      this.#skipping = true;
      this.#queue.drop(length);
      this.#searched = 0;
    }
    return tooLong ? TOO_LONG : undefined;
  }

  #use(delimiter: string, maxLength: number): void {
    assertLineFormat({ delimiter, maxLength });
    this.#settle();
    this.#maxLength = maxLength;
    this.#delimiter = delimiter;
    this.#delimiterBytes = encoder.encode(delimiter);
    this.#ascii = !NOT_ASCII.test(delimiter);
  }

  /** Drops the lines that were given from the queue, and forgets those that were not. */
  #settle(): void {
    const { length } = this.#delimiterBytes;
    if (this.#at === this.#text.length) this.#queue.drop(this.#bytes);
    else if (this.#text.length === this.#bytes) this.#queue.drop(this.#at);
    else while (this.#given-- > 0) this.#queue.drop(this.#find(0) + length);
    this.#text = "";
    this.#at = this.#given = this.#bytes = this.#searched = 0;
  }

  /** Where the first delimiter begins in the queue, at or after `from`; -1 when there is none. */
  #find(from: number): number {
    const { bytes } = this.#queue;
    const [first = 0] = this.#delimiterBytes;
    for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
      if (this.#isAt(bytes, at)) return at;
    }
    return -1;
  }

  /**
   * Where the last delimiter begins of those to be decoded at once; there is one at `first`. No
   * line but the first can be too long among so few bytes.
   */
  #findLast(first: number): number {
    const { bytes } = this.#queue;
    const [byte = 0] = this.#delimiterBytes;
    const atOnce = Math.min(bytes.length, AT_ONCE_BYTES, this.#maxLength);
    let at = atOnce - this.#delimiterBytes.length;
    while (at > first && !this.#isAt(bytes, at)) at = bytes.lastIndexOf(byte, at - 1);
    return Math.max(at, first);
  }

  #isAt(bytes: Uint8Array, at: number): boolean {
    const wanted = this.#delimiterBytes;
    let i = 0;
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
    return i === wanted.length;
  }
}
