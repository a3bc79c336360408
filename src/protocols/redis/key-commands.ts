/** What a {@link RedisServer} does with keys and values. */
import { concat } from "../../core/bytes.ts";
import { SimpleString } from "./encode.ts";
import { matchesGlob } from "./glob.ts";
import type { RedisCommand, RedisConnection } from "./redis-server.ts";
import { RedisReplyError, type RespValue } from "./values.ts";

const OK = new SimpleString("OK");
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
const MAX_EXPIRE_SECONDS = 1e12;

/** Keys are any bytes: each is a character here. */
function keyOf(bytes: Uint8Array): string {
  let key = "";
  for (const byte of bytes) key += String.fromCodePoint(byte);
  return key;
}

function bytesOfKey(key: string): Uint8Array {
  return Uint8Array.from(key, (character) => character.codePointAt(0) as number);
}

function integerOf(bytes: Uint8Array): bigint {
  const text = decoder.decode(bytes);
  const value = INTEGER.test(text) ? BigInt(text) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) {
    throw new RedisReplyError("ERR value is not an integer or out of range");
  }
  return value;
}

/** @throws RedisReplyError unless there are so many arguments. */
export function expectArguments(
  name: string,
  args: readonly unknown[],
  least: number,
  most: number = Infinity,
): void {
  if (args.length >= least && args.length <= most) return;
  throw new RedisReplyError(`ERR wrong number of arguments for '${name}' command`);
}

/** A command whose arguments are counted before it is called. */
function counted(name: string, least: number, most: number, command: RedisCommand): RedisCommand {
  return (connection, ...args) => {
    expectArguments(name, args, least, most);
    return command(connection, ...args);
  };
}

function store(
  connection: RedisConnection,
  key: string,
  value: Uint8Array,
  seconds?: number,
): void {
  const { server } = connection;
  server.makeRoom(value.length + 2 * key.length);
  server.keys.set(key, value, seconds);
}

function add(connection: RedisConnection, key: Uint8Array, amount: bigint): RespValue {
  const { keys } = connection.server;
  const before = keys.get(keyOf(key));
  const sum = (before === undefined ? 0n : integerOf(before)) + amount;
  if (BigInt.asIntN(64, sum) !== sum) {
    throw new RedisReplyError("ERR increment or decrement would overflow");
  }
  connection.server.makeRoom(20);
  keys.replace(keyOf(key), encoder.encode(String(sum)));
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
}

/** The options of SET: when to do it, and for how long. */
function set(
  connection: RedisConnection,
  ...args: readonly Uint8Array[]
): RespValue | SimpleString {
  const [key, value, ...options] = args as [Uint8Array, Uint8Array, ...Uint8Array[]];
  const { keys } = connection.server;
  const name = keyOf(key);
  const before = keys.get(name);
  let seconds: number | undefined;
  let wanted: boolean | undefined;
  let [keeps, gets] = [false, false];
  for (let i = 0; i < options.length; i++) {
    const option = decoder.decode(options[i]).toUpperCase();
    const amount = options[i + 1];
    if (option === "NX" || option === "XX") wanted = option === "XX";
    else if (option === "KEEPTTL") keeps = true;
    else if (option === "GET") gets = true;
    else if ((option === "EX" || option === "PX") && amount !== undefined) {
      seconds = expirySeconds("set", amount, option === "EX" ? 1 : 1000);
      i++;
    } else throw new RedisReplyError("ERR syntax error");
  }
  if (keeps && seconds !== undefined) throw new RedisReplyError("ERR syntax error");
  const done = wanted === undefined || wanted === (before !== undefined);
  if (done) store(connection, name, value, keeps ? keys.secondsLeft(name) : seconds);
  if (gets) return before ?? null;
  return done ? OK : null;
}

/** @throws RedisReplyError for what is no time in which to expire. */
function expirySeconds(command: string, amount: Uint8Array, perSecond: number): number {
  const seconds = Number(integerOf(amount)) / perSecond;
  if (seconds > 0 && seconds <= MAX_EXPIRE_SECONDS) return seconds;
  throw new RedisReplyError(`ERR invalid expire time in '${command}' command`);
}

function expire(perSecond: number): RedisCommand {
  return (connection, key, amount) => {
    const seconds = Number(integerOf(amount)) / perSecond;
    if (seconds > MAX_EXPIRE_SECONDS) {
      throw new RedisReplyError("ERR invalid expire time in 'expire' command");
    }
    return connection.server.keys.expire(keyOf(key), seconds) ? 1 : 0;
  };
}

function timeToLive(perSecond: number): RedisCommand {
  return (connection, key) => {
    const seconds = connection.server.keys.secondsLeft(keyOf(key));
    if (seconds === undefined) return -2;
    return seconds === Infinity ? -1 : Math.round(seconds * perSecond);
  };
}

function count(of: (connection: RedisConnection, key: string) => boolean): RedisCommand {
  return (connection, ...keys) => keys.filter((key) => of(connection, keyOf(key))).length;
}

type Plain = (
  connection: RedisConnection,
  key: Uint8Array,
  value: Uint8Array,
) => ReturnType<RedisCommand>;

/** With one argument, or two. */
const one = (name: string, command: Plain): RedisCommand => counted(name, 1, 1, command);
const two = (name: string, command: Plain): RedisCommand => counted(name, 2, 2, command);

export const KEY_COMMANDS: Readonly<Record<string, RedisCommand>> = {
  GET: one("get", (connection, key) => connection.server.keys.get(keyOf(key)) ?? null),
  SET: counted("set", 2, 8, set),
  SETNX: two("setnx", (connection, key, value) => {
    if (connection.server.keys.get(keyOf(key)) !== undefined) return 0;
    store(connection, keyOf(key), value);
    return 1;
  }),
  MGET: counted("mget", 1, Infinity, (connection, ...keys) =>
    keys.map((key) => connection.server.keys.get(keyOf(key)) ?? null),
  ),
  MSET: counted("mset", 2, Infinity, (connection, ...pairs) => {
    if (pairs.length % 2 === 1) expectArguments("mset", [], 1);
    connection.server.makeRoom(pairs.reduce((sum, bytes) => sum + 2 * bytes.length, 0));
    for (let i = 0; i < pairs.length; i += 2) {
      connection.server.keys.set(keyOf(pairs[i] as Uint8Array), pairs[i + 1] as Uint8Array);
    }
    return OK;
  }),
  APPEND: two("append", (connection, key, more) => {
    const before = connection.server.keys.get(keyOf(key)) ?? new Uint8Array(0);
    connection.server.makeRoom(more.length);
    connection.server.keys.replace(keyOf(key), concat([before, more]));
    return before.length + more.length;
  }),
  STRLEN: one("strlen", ({ server }, key) => server.keys.get(keyOf(key))?.length ?? 0),
  DEL: counted(
    "del",
    1,
    Infinity,
    count(({ server }, key) => server.keys.delete(key)),
  ),
  EXISTS: counted(
    "exists",
    1,
    Infinity,
    count(({ server }, key) => server.keys.get(key) !== undefined),
  ),
  TYPE: one(
    "type",
    ({ server }, key) =>
      new SimpleString(server.keys.get(keyOf(key)) === undefined ? "none" : "string"),
  ),
  INCR: one("incr", (connection, key) => add(connection, key, 1n)),
  DECR: one("decr", (connection, key) => add(connection, key, -1n)),
  INCRBY: two("incrby", (connection, key, by) => add(connection, key, integerOf(by))),
  DECRBY: two("decrby", (connection, key, by) => add(connection, key, -integerOf(by))),
  EXPIRE: counted("expire", 2, 2, expire(1)),
  PEXPIRE: counted("pexpire", 2, 2, expire(1000)),
  TTL: counted("ttl", 1, 1, timeToLive(1)),
  PTTL: counted("pttl", 1, 1, timeToLive(1000)),
  PERSIST: one("persist", ({ server }, key) => {
    const left = server.keys.secondsLeft(keyOf(key));
    if (left === undefined || left === Infinity) return 0;
    server.keys.expire(keyOf(key), Infinity);
    return 1;
  }),
  KEYS: one("keys", ({ server }, pattern) =>
    [...server.keys.keys()].filter((key) => matchesGlob(keyOf(pattern), key)).map(bytesOfKey),
  ),
  DBSIZE: counted("dbsize", 0, 0, ({ server }) => server.keys.size),
  FLUSHALL: ({ server }) => {
    server.keys.clear();
    return OK;
  },
};
