import { SkeinError } from "../../core/errors.ts";

/** A Redis server's error: a command that failed. Inside an array it is a value like others. */
export class RedisReplyError extends SkeinError {
  override readonly name = "RedisReplyError";
  readonly code = "ERR_REDIS_REPLY";
  /** The first word: "ERR", "WRONGTYPE", "NOAUTH". */
  readonly kind: string;

  /** @param message all of it, with the kind. */
  constructor(message: string) {
    super(message);
    this.kind = /^\S*/.exec(message)?.[0] ?? "";
  }
}

/** What a server sends of its own accord, in RESP3: a published message, say. */
export class RespPush {
  readonly items: readonly RespValue[];

  constructor(items: readonly RespValue[]) {
    this.items = items;
  }
}

/**
 * What is sent by RESP. A text is a simple string, or a bulk string that was decoded; a number is
 * an integer or, from RESP3, a double; a bigint an integer that no number holds.
 */
export type RespValue =
  | string
  | Uint8Array
  | number
  | bigint
  | boolean
  | null
  | RedisReplyError
  | readonly RespValue[]
  | ReadonlyMap<RespValue, RespValue>
  | ReadonlySet<RespValue>
  | RespPush;

/** A part of a command: its name, a key, a value. */
export type RedisArgument = string | Uint8Array | number | bigint;
