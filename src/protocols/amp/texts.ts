/** Bytes and text as arguments, and truth. */
import type { ArgumentType } from "./argument.ts";
import { BadArgumentError } from "./errors.ts";
import { excerpt } from "./numbers.ts";
import { shortASCII } from "./wire-text.ts";

const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Bytes as they are; Twisted's String. */
export const bytes: ArgumentType<Uint8Array> = {
  encode(value) {
    if (value instanceof Uint8Array) return value;
    throw new BadArgumentError(`${typeof value} given for bytes, which are a Uint8Array`);
  },
  decode: (received) => received,
};

/** Text, as UTF-8. */
export const unicode: ArgumentType<string> = {
  encode(value) {
    if (typeof value !== "string") throw new BadArgumentError(`${typeof value} given for text`);
    // UTF-8 has no half characters: another would be sent in its place.
    if (LONE_SURROGATE.test(value)) throw new BadArgumentError("the text has half a character");
    return value;
  },
  decode(received) {
    const short = shortASCII(received);
    if (short !== undefined) return short;
    try {
      return strict.decode(received);
    } catch {
      throw new BadArgumentError(`${excerpt(received)} is not UTF-8`);
    }
  },
};

/** The path of a file, as text: what it means on the peer's machine is for the peer to say. */
export const path: ArgumentType<string> = unicode;

export const boolean: ArgumentType<boolean> = {
  encode(value) {
    if (typeof value === "boolean") return value ? "True" : "False";
    throw new BadArgumentError(`${String(value)} is neither true nor false`);
  },
  decode(received) {
    const text = shortASCII(received);
    if (text === "True") return true;
    if (text === "False") return false;
    throw new BadArgumentError(`${excerpt(received)} is neither True nor False`);
  },
};
