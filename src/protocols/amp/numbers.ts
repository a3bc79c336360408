/** Numbers as arguments: as text, and written as Python writes them. */
import type { ArgumentType } from "./argument.ts";
import { BadArgumentError } from "./errors.ts";
import { shortASCII, textOf } from "./wire-text.ts";

const INTEGER = /^[+-]?\d+$/;
// Digits can be read in one way only: a peer's long ones are not tried in all the others.
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const DECIMAL = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|s?nan\d*)$/i;

/** A whole number from −(2⁵³ − 1) to 2⁵³ − 1; one beyond is an error, both ways. */
export const integer: ArgumentType<number> = {
  encode(value) {
    if (Number.isSafeInteger(value)) return String(value);
    throw new BadArgumentError(`${String(value)} is no integer that is exact: use bigInteger`);
  },
  decode(bytes) {
    const text = shortASCII(bytes) ?? "";
    const value = INTEGER.test(text) ? Number(text) : Number.NaN;
    // No −0: there is none among integers.
    if (Number.isSafeInteger(value)) return value + 0;
    throw new BadArgumentError(`${excerpt(bytes)} is no integer of up to 53 bits: use bigInteger`);
  },
};

/** A whole number of any size. */
export const bigInteger: ArgumentType<bigint> = {
  encode(value) {
    if (typeof value === "bigint") return String(value);
    throw new BadArgumentError(`${String(value)} is no bigint`);
  },
  decode(bytes) {
    const text = textOf(bytes);
    if (INTEGER.test(text)) return BigInt(text.startsWith("+") ? text.slice(1) : text);
    throw new BadArgumentError(`${excerpt(bytes)} is no integer`);
  },
};

/** A number of 64 bits; infinities and NaN too. */
export const float: ArgumentType<number> = {
  encode(value) {
    if (typeof value !== "number") throw new BadArgumentError(`${String(value)} is no number`);
    return asPython(value);
  },
  decode(bytes) {
    const text = textOf(bytes);
    if (FLOAT.test(text)) return Number(text);
    const sign = INFINITE.exec(text)?.[1];
    if (sign !== undefined) return sign === "-" ? -Infinity : Infinity;
    if (NOT_A_NUMBER.test(text)) return Number.NaN;
    throw new BadArgumentError(`${excerpt(bytes)} is no number`);
  },
};

/** A decimal number as text, such as "1.50", "1E+2", "-Infinity", "NaN": no digit is lost. */
export const decimal: ArgumentType<string> = {
  encode(value) {
    if (typeof value === "string" && DECIMAL.test(value)) return value;
    throw new BadArgumentError(`${JSON.stringify(value)} is no decimal number`);
  },
  decode(bytes) {
    const text = textOf(bytes);
    if (DECIMAL.test(text)) return text;
    throw new BadArgumentError(`${excerpt(bytes)} is no decimal number`);
  },
};

/** The shortest text that is this number, with a point or an exponent. */
function asPython(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) {
    const text = Object.is(value, -0) ? "-0" : String(value);
    return Number.isInteger(value) ? `${text}.0` : text;
  }
  // An exponent has two digits at least.
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

/** What came, for messages. */
export function excerpt(bytes: Uint8Array): string {
  return JSON.stringify(textOf(bytes.subarray(0, 40)));
}
