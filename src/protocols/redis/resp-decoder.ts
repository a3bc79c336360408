import { ByteQueue } from "../../core/byte-queue.ts";
import type { Decoder } from "../decoder.ts";
import { BadFrameError, FrameTooLongError } from "../errors.ts";
import { RedisReplyError, RespPush, type RespValue } from "./values.ts";

const [CR, LF] = [13, 10];
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Digits and a sign that no number of 64 bits exceeds. */
const LENGTH = /^(?:0|[1-9]\d{0,15})$/;
const INTEGER = /^[-+]?\d{1,20}$/;
const BIG = /^[-+]?\d{1,1000}$/;
const DOUBLE = /^[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|inf)$|^nan$/;

/** Limits of one value, with all that is in it; and how it is read. */
export interface RespFormat {
  /** The most bytes of all its strings that have a length; 64 MiB unless given. */
  maxBytes?: number;
  /** The most values in it; a million unless given. */
  maxElements?: number;
  /** The most arrays, maps and sets around one another; 32 unless given. */
  maxDepth?: number;
  /** The most bytes of a line: a length, a simple string, an error; 64 KiB unless given. */
  maxLineBytes?: number;
  /** Whether strings that have a length are text, from UTF-8, or bytes; text unless given. */
  bulk?: "text" | "bytes";
  /** Whether a line of plain words is a command, as people type it; unless given it is no value. */
  inline?: boolean;
}

/** A value of several, of which some are still to come. */
interface Level {
  readonly type: string;
  readonly items: RespValue[];
  left: number;
}

const NOTHING: unique symbol = Symbol("a value that is not there yet, or none");

/**
 * Values of RESP2 and RESP3. An error is a RedisReplyError, a value as the others; attributes are
 * read and dropped; RESP3's streamed values are no part of it.
 *
 * ```ts
 * import { RespDecoder } from "skein/protocols";
 *
 * const decoder = new RespDecoder({ maxBytes: 1000 });
 * decoder.push(new TextEncoder().encode("*2\r\n$3\r\ntea\r\n:4\r\n$1001\r\n"));
 * console.log(decoder.next()); // → [ 'tea', 4 ]
 * try {
 *   decoder.next();
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // → the peer announced a frame of 1001 bytes: 1000 are taken at most
 * }
 * ```
 *
 * What is announced over a limit is FrameTooLongError before any of it is kept. Strings as bytes
 * are parts of what was pushed: copy those that are kept for long.
 */
export class RespDecoder implements Decoder<RespValue> {
  readonly #limits: Required<RespFormat>;
  /** All bytes of the value that is being read, those already read among them. */
  readonly #queue = new ByteQueue();
  /** How much of the queue was read. */
  #at = 0;
  /** Up to where no end of a line was found, behind what was read. */
  #searched = 0;
  /** The length of the string that is awaited, and its type. */
  #bulk: { readonly type: string; readonly length: number } | undefined = undefined;
  #levels: Level[] = [];
  #bytes = 0;
  #elements = 0;

  constructor(format: RespFormat = {}) {
    this.#limits = {
      maxBytes: 64 * 1024 * 1024,
      maxElements: 1_000_000,
      maxDepth: 32,
      maxLineBytes: 64 * 1024,
      bulk: "text",
      inline: false,
      ...format,
    };
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): RespValue | undefined {
    for (;;) {
      const value = this.#bulk === undefined ? this.#readLine() : this.#readBulk(this.#bulk);
      if (value === undefined) return undefined;
      if (value === NOTHING) continue;
      const whole = this.#complete(value);
      if (whole === NOTHING) continue;
      this.#queue.drop(this.#at);
      this.#forget();
      return whole;
    }
  }

  takeRest(): Uint8Array {
    this.#forget();
    return this.#queue.takeAll();
  }

  #forget(): void {
    this.#at = this.#searched = this.#bytes = this.#elements = 0;
    this.#bulk = undefined;
    this.#levels = [];
  }

  /** Puts a value where it belongs: into what is around it, and that, if it is full, and so on. */
  #complete(value: RespValue): RespValue | typeof NOTHING {
    let whole = value;
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      level.items.push(whole);
      if (--level.left > 0) return NOTHING;
      this.#levels.pop();
      // What attributes are about comes behind them.
      if (level.type === "|") return NOTHING;
      whole = aggregate(level);
    }
    return whole;
  }

  #readBulk({ type, length }: { type: string; length: number }): RespValue | undefined {
    const { bytes } = this.#queue;
    const end = this.#at + length;
    if (bytes.length < end + 2) return undefined;
    if (bytes[end] !== CR || bytes[end + 1] !== LF) throw bad("a string is not as long as it says");
    const content = bytes.subarray(this.#at, end);
    this.#advance(end + 2);
    this.#bulk = undefined;
    if (type === "!") return new RedisReplyError(decoder.decode(content));
    // "txt:", say, says what a verbatim string is.
    if (type === "=" && length < 4) throw bad("a verbatim string without a format");
    const string = type === "=" ? content.subarray(4) : content;
    return this.#limits.bulk === "text" ? decoder.decode(string) : string;
  }

  /** A value of one line; or NOTHING, where the line says what is to come. */
  #readLine(): RespValue | typeof NOTHING | undefined {
    const { bytes } = this.#queue;
    const { maxLineBytes } = this.#limits;
    const newline = bytes.indexOf(LF, Math.max(this.#searched, this.#at));
    const length = (newline < 0 ? bytes.length : newline) - this.#at;
    // With its type, and its return.
    if (length > maxLineBytes + 2) throw new FrameTooLongError(length, maxLineBytes);
    this.#searched = bytes.length;
    if (newline < 0) return undefined;
    const returned = newline > this.#at && bytes[newline - 1] === CR;
    const line = decoder.decode(bytes.subarray(this.#at, returned ? newline - 1 : newline));
    this.#advance(newline + 1);
    const type = line[0] ?? "";
    if (!"+-:$*_#,(!=%~|>".includes(type) || type === "") return this.#inline(line);
    if (!returned) throw bad("a line ends without a return");
    return this.#read(type, line.slice(1));
  }

  /** A command that somebody has typed. An empty line is none. */
  #inline(line: string): RespValue | typeof NOTHING {
    if (!this.#limits.inline || this.#levels.length > 0) throw bad("a line begins with no type");
    const words = line.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) {
      this.#queue.drop(this.#at);
      this.#forget();
      return NOTHING;
    }
    const { bulk } = this.#limits;
    return bulk === "text" ? words : words.map((word) => new TextEncoder().encode(word));
  }

  #read(type: string, text: string): RespValue | typeof NOTHING {
    switch (type) {
      case "+":
        this.#count(text.length);
        return text;
      case "-":
        this.#count(text.length);
        return new RedisReplyError(text);
      case ":":
        if (!INTEGER.test(text)) throw bad(`${JSON.stringify(text)} is no integer`);
        return integer(text);
      case "(":
        this.#count(text.length);
        if (!BIG.test(text)) throw bad(`${JSON.stringify(text)} is no big number`);
        return BigInt(text.replace(/^\+/, ""));
      case ",":
        if (!DOUBLE.test(text)) throw bad(`${JSON.stringify(text)} is no double`);
        return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
      case "#":
        if (text !== "t" && text !== "f") throw bad(`${JSON.stringify(text)} is no boolean`);
        return text === "t";
      case "_":
        if (text !== "") throw bad("a null with something in it");
        return null;
      case "$":
      case "!":
      case "=":
        return this.#beginBulk(type, text);
      default:
        return this.#beginAggregate(type, text);
    }
  }

  #beginBulk(type: string, text: string): null | typeof NOTHING {
    if (type === "$" && text === "-1") return null;
    const length = lengthOf(text);
    this.#count(length);
    this.#bulk = { type, length };
    return NOTHING;
  }

  #count(length: number): void {
    const { maxBytes } = this.#limits;
    this.#bytes += length;
    if (this.#bytes > maxBytes) throw new FrameTooLongError(this.#bytes, maxBytes);
  }

  #beginAggregate(type: string, text: string): RespValue | typeof NOTHING {
    if (type === "*" && text === "-1") return null;
    const length = lengthOf(text) * (type === "%" || type === "|" ? 2 : 1);
    const { maxElements, maxDepth } = this.#limits;
    // Attributes without an end are none either.
    this.#elements += Math.max(length, 1);
    if (this.#elements > maxElements) {
      throw new FrameTooLongError(this.#elements, maxElements, "values");
    }
    if (length === 0) return type === "|" ? NOTHING : aggregate({ type, items: [], left: 0 });
    if (this.#levels.length === maxDepth) throw bad(`over ${maxDepth} arrays inside one another`);
    this.#levels.push({ type, items: [], left: length });
    return NOTHING;
  }

  #advance(to: number): void {
    this.#at = this.#searched = to;
  }
}

function aggregate({ type, items }: Level): RespValue {
  if (type === ">") return new RespPush(items);
  if (type === "~") return new Set(items);
  if (type !== "%") return items;
  const map = new Map<RespValue, RespValue>();
  for (let i = 0; i < items.length; i += 2) {
    map.set(items[i] as RespValue, items[i + 1] as RespValue);
  }
  return map;
}

function lengthOf(text: string): number {
  if (!LENGTH.test(text)) throw bad(`${JSON.stringify(text.slice(0, 40))} is no length`);
  return Number(text);
}

/** As a number, if that holds it. */
function integer(text: string): number | bigint {
  const number = Number(text);
  // There is one 0.
  return Number.isSafeInteger(number) ? number + 0 : BigInt(text.replace(/^\+/, ""));
}

function bad(why: string): BadFrameError {
  return new BadFrameError("RESP", why);
}
