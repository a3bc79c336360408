import { bytesOf, concat } from "../../core/bytes.ts";
import { BadOptionError } from "../../core/errors.ts";
import { type RedisArgument, RedisReplyError, RespPush, type RespValue } from "./values.ts";

/** 2, in which there are no maps, sets, doubles and booleans; or 3. */
export type RespVersion = 2 | 3;

/** A string that is sent as a simple one: "OK". It holds no ends of lines. */
export class SimpleString {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const BREAKS = /[\r\n]+/g;

/** A command, as clients send it. @throws BadOptionError for one without a name. */
export function encodeRedisCommand(words: readonly RedisArgument[]): Uint8Array {
  if (words.length === 0) throw new BadOptionError("a command has a name at least");
  const pieces = [bytesOf(`*${words.length}\r\n`)];
  for (const word of words) {
    bulk(typeof word === "number" || typeof word === "bigint" ? String(word) : word, pieces);
  }
  return concat(pieces);
}

/**
 * A value, as servers send it. What a version lacks is sent as what comes nearest: a map as an
 * array of keys and values, a boolean as 1 or 0, a fraction as text.
 */
export function encodeResp(value: RespValue | SimpleString, version: RespVersion): Uint8Array {
  const pieces: Uint8Array[] = [];
  encode(value, version, pieces);
  return concat(pieces);
}

function encode(value: RespValue | SimpleString, version: RespVersion, pieces: Uint8Array[]): void {
  const line = (text: string): void => void pieces.push(bytesOf(`${text}\r\n`));
  const all = (values: Iterable<RespValue>): void => {
    for (const item of values) encode(item, version, pieces);
  };
  if (typeof value === "string" || value instanceof Uint8Array) bulk(value, pieces);
  else if (value === null) line(version === 3 ? "_" : "$-1");
  else if (typeof value === "number") number(value, version, pieces);
  else if (typeof value === "bigint")
    line(isInt64(value) || version < 3 ? `:${value}` : `(${value}`);
  else if (typeof value === "boolean") {
    if (version === 3) line(value ? "#t" : "#f");
    else line(value ? ":1" : ":0");
  } else if (value instanceof SimpleString) line(`+${value.text.replaceAll(BREAKS, " ")}`);
  else if (value instanceof RedisReplyError) line(`-${value.message.replaceAll(BREAKS, " ")}`);
  else if (value instanceof Map) {
    const map = value as ReadonlyMap<RespValue, RespValue>;
    line(version === 3 ? `%${map.size}` : `*${2 * map.size}`);
    for (const pair of map) all(pair);
  } else if (value instanceof Set) {
    line(`${version === 3 ? "~" : "*"}${value.size}`);
    all(value as ReadonlySet<RespValue>);
  } else if (value instanceof RespPush) {
    line(`${version === 3 ? ">" : "*"}${value.items.length}`);
    all(value.items);
  } else {
    const items = value as readonly RespValue[];
    line(`*${items.length}`);
    all(items);
  }
}

function number(value: number, version: RespVersion, pieces: Uint8Array[]): void {
  if (Number.isSafeInteger(value)) pieces.push(bytesOf(`:${value}\r\n`));
  else if (version < 3) bulk(String(value), pieces);
  else
    pieces.push(bytesOf(`,${String(value).replace("Infinity", "inf").replace("NaN", "nan")}\r\n`));
}

function bulk(value: string | Uint8Array, pieces: Uint8Array[]): void {
  const bytes = bytesOf(value);
  pieces.push(bytesOf(`$${bytes.length}\r\n`), bytes, bytesOf("\r\n"));
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
