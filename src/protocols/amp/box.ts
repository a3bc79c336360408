import { ValueTooLongError } from "./errors.ts";

/** The most bytes that a key has. Its length is told in two bytes nevertheless. */
export const MAX_KEY_BYTES = 255;
/** The most bytes that a value has. */
export const MAX_VALUE_BYTES = 65_535;

/**
 * What AMP sends: values by their keys. A key is text of one character for each of its bytes, which
 * is the key itself where that is ASCII, as it mostly is.
 */
export type Box = Map<string, Uint8Array>;

/**
 * A box as it is sent: its keys in the order of their bytes. Text is sent as UTF-8.
 *
 * ```ts
 * import { encodeBox } from "skein/amp";
 *
 * console.log(new TextDecoder().decode(encodeBox({ b: "hi", a: "" })).length); // → 14
 * ```
 *
 * @throws ValueTooLongError for a key or value that is too long; a key has one byte at least.
 */
export function encodeBox(
  values: Readonly<Record<string, Uint8Array | string>> | ReadonlyMap<string, Uint8Array | string>,
): Uint8Array {
  const isMap = (given: typeof values): given is ReadonlyMap<string, Uint8Array | string> =>
    given instanceof Map;
  const entries = isMap(values) ? [...values] : Object.entries(values);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return writeBox(
    entries.map(([key]) => prefixed(key)),
    entries.map(([, value]) => value),
    (i) => `the value of ${entries[i]?.[0]}`,
  );
}

/** A key as it is written: behind its length. @throws ValueTooLongError */
export function prefixed(key: string): Uint8Array {
  if (key.length === 0 || key.length > MAX_KEY_BYTES) {
    throw new ValueTooLongError(`the key "${key}"`, key.length, MAX_KEY_BYTES);
  }
  const bytes = new Uint8Array(key.length + 2);
  bytes[1] = key.length;
  for (let i = 0; i < key.length; i++) bytes[i + 2] = key.charCodeAt(i);
  return bytes;
}

const encoder = new TextEncoder();
/** Where boxes are put together; it grows with the largest, up to a limit. */
let scratch = new Uint8Array(4096);
const SCRATCH_MAX_BYTES = 1024 * 1024;

/**
 * Writes a box. @param names the keys, as `prefixed` makes them. @param values those that are
 * undefined are left out. @param nameOf says which value it is that is too long.
 * @throws ValueTooLongError
 */
export function writeBox(
  names: readonly Uint8Array[],
  values: readonly (Uint8Array | string | undefined)[],
  nameOf: (i: number) => string,
): Uint8Array {
  let out = scratch;
  let needed = 2;
  for (let i = 0; i < names.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    // A character takes three bytes at most.
    const bytes = typeof value === "string" ? value.length * 3 : value.length;
    needed += (names[i] as Uint8Array).length + 2 + bytes;
  }
  if (needed > out.length) {
    out = new Uint8Array(needed * 2);
    if (out.length <= SCRATCH_MAX_BYTES) scratch = out;
  }
  let at = 0;
  for (let i = 0; i < names.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    const name = names[i] as Uint8Array;
    for (let j = 0; j < name.length; j++) out[at++] = name[j] as number;
    at += 2;
    const start = at;
    if (typeof value === "string") {
      at = writeText(out, at, value);
    } else {
      out.set(value, at);
      at += value.length;
    }
    const length = at - start;
    if (length > MAX_VALUE_BYTES) throw new ValueTooLongError(nameOf(i), length, MAX_VALUE_BYTES);
    out[start - 2] = length >> 8;
    out[start - 1] = length & 0xff;
  }
  out[at++] = 0;
  out[at++] = 0;
  return out.slice(0, at);
}

/** Writes UTF-8; returns where it ends. */
function writeText(out: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char > 0x7f || i > 64) return start + encoder.encodeInto(text, out.subarray(start)).written;
    out[start + i] = char;
  }
  return start + text.length;
}
