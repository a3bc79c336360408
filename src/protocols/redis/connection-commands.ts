/** What a {@link RedisServer} does about a connection, and the channels that it hears. */
import { SimpleString } from "./encode.ts";
import { expectArguments } from "./key-commands.ts";
import type { RedisCommand, RedisConnection } from "./redis-server.ts";
import { RedisReplyError, RespPush, type RespValue } from "./values.ts";

const OK = new SimpleString("OK");
const decoder = new TextDecoder();
/** A connection that hears more channels than any program needs costs the others. */
const MAX_SUBSCRIPTIONS = 10_000;

/** @throws RedisReplyError for a password that is none. */
function admit(connection: RedisConnection, user: string, password: Uint8Array): void {
  if (user !== "default" || !connection.server.admits(password)) {
    // Without a password there is nothing to guess, nor for who knows it.
    if (!connection.isAdmitted) connection.wrongPasswords++;
    throw new RedisReplyError("WRONGPASS invalid username-password pair or user is disabled.");
  }
  connection.isAdmitted = true;
}

function hello(connection: RedisConnection, ...args: readonly Uint8Array[]): RespValue {
  const [version, ...options] = args;
  const wanted = version === undefined ? String(connection.version) : decoder.decode(version);
  if (wanted !== "2" && wanted !== "3")
    throw new RedisReplyError("NOPROTO unsupported protocol version");
  for (let i = 0; i < options.length;) {
    const option = decoder.decode(options[i]).toUpperCase();
    const [first, second] = [options[i + 1], options[i + 2]];
    if (option === "AUTH" && first !== undefined && second !== undefined) {
      admit(connection, decoder.decode(first), second);
      i += 3;
    } else if (option === "SETNAME" && first !== undefined) i += 2;
    else throw new RedisReplyError("ERR Syntax error in HELLO");
  }
  if (!connection.isAdmitted) throw new RedisReplyError("NOAUTH Authentication required.");
  connection.version = wanted === "2" ? 2 : 3;
  return new Map<RespValue, RespValue>([
    ["server", "skein"],
    ["version", "7.0.0"],
    ["proto", connection.version],
    ["mode", "standalone"],
    ["role", "master"],
    ["modules", []],
  ]);
}

/** SUBSCRIBE and its kin: each name is confirmed on its own. */
function listening(kind: string, of: "channels" | "patterns", hears: boolean): RedisCommand {
  return (connection, ...args) => {
    const mine = connection[of];
    const { subscribers } = connection.server;
    const names = args.map((name) => decoder.decode(name));
    if (hears) expectArguments(kind, names, 1);
    else if (names.length === 0) names.push(...mine);
    const confirm = (name: string | null): void => {
      const total = connection.channels.size + connection.patterns.size;
      connection.send(new RespPush([kind, name, total]));
    };
    for (const name of names) {
      if (hears && connection.channels.size + connection.patterns.size >= MAX_SUBSCRIPTIONS) {
        throw new RedisReplyError(`ERR over ${MAX_SUBSCRIPTIONS} subscriptions`);
      }
      if (hears) mine.add(name);
      else mine.delete(name);
      if (of === "channels") {
        if (hears) subscribers.subscribe(name, connection);
        else subscribers.unsubscribe(name, connection);
      } else if (hears) subscribers.psubscribe(name, connection);
      else subscribers.punsubscribe(name, connection);
      confirm(name);
    }
    if (names.length === 0) confirm(null);
    return undefined;
  };
}

export const CONNECTION_COMMANDS: Readonly<Record<string, RedisCommand>> = {
  PING(connection, ...args) {
    expectArguments("ping", args, 0, 1);
    const isListening = connection.channels.size + connection.patterns.size > 0;
    if (isListening && connection.version === 2) return ["pong", args[0] ?? ""];
    return args[0] ?? new SimpleString("PONG");
  },
  ECHO(_connection, ...args) {
    expectArguments("echo", args, 1, 1);
    return args[0];
  },
  AUTH(connection, ...args) {
    expectArguments("auth", args, 1, 2);
    const [user, password] = args.length === 2 ? args : [undefined, args[0]];
    admit(
      connection,
      user === undefined ? "default" : decoder.decode(user),
      password as Uint8Array,
    );
    return OK;
  },
  HELLO: hello,
  QUIT(connection) {
    connection.send(OK);
    connection.transport.loseConnection();
    return undefined;
  },
  SELECT(_connection, ...args) {
    expectArguments("select", args, 1, 1);
    if (decoder.decode(args[0]) !== "0") throw new RedisReplyError("ERR DB index is out of range");
    return OK;
  },
  // Clients say their names, and ask what there is, as they connect.
  CLIENT: () => OK,
  COMMAND: () => [],
  INFO: () => "# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n",
  PUBLISH(connection, ...args) {
    expectArguments("publish", args, 2, 2);
    const [channel, message] = args as readonly [Uint8Array, Uint8Array];
    return connection.server.publish(decoder.decode(channel), message);
  },
  SUBSCRIBE: listening("subscribe", "channels", true),
  UNSUBSCRIBE: listening("unsubscribe", "channels", false),
  PSUBSCRIBE: listening("psubscribe", "patterns", true),
  PUNSUBSCRIBE: listening("punsubscribe", "patterns", false),
};
