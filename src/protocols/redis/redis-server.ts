import { BadOptionError } from "../../core/errors.ts";
import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { maybeDeferred } from "../../defer/maybe-deferred.ts";
import type { ReactorTime } from "../../reactor/capabilities.ts";
import { sameSecret } from "../same-secret.ts";
import { BadFrameError } from "../errors.ts";
import { Factory } from "../factory.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import { CONNECTION_COMMANDS } from "./connection-commands.ts";
import { encodeResp, type RespVersion, type SimpleString } from "./encode.ts";
import { KEY_COMMANDS } from "./key-commands.ts";
import { RedisKeyspace } from "./keyspace.ts";
import { PubSub } from "./pub-sub.ts";
import { RespDecoder } from "./resp-decoder.ts";
import { RedisReplyError, RespPush, type RespValue } from "./values.ts";

const MAX_BUFFERED_BYTES = 1024 * 1024;
/** So many commands may wait behind one that takes its time, before no more are read. */
const MAX_WAITING = 16;
/** Who was wrong so often guesses. */
const MAX_PASSWORDS = 10;
/** What may be said without the password. */
const OPEN_COMMANDS: ReadonlySet<string> = new Set(["AUTH", "HELLO", "QUIT"]);

/** What a command replies: text is a bulk string, a SimpleString a simple one. */
export type RedisReply = RespValue | SimpleString | undefined;

/**
 * What a command does: it is given its arguments, as bytes, without its name. What it throws, or
 * its Deferred or promise fails with, is sent as an error; RedisReplyErrors as they are. When it
 * returns undefined nothing is sent. The connection's later commands wait for it.
 */
export type RedisCommand = (
  connection: RedisConnection,
  ...args: readonly Uint8Array[]
) => RedisReply | PromiseLike<RedisReply>;

export interface RedisServerOptions {
  /** More commands, by their names in capitals; in place of those of these names. */
  commands?: Readonly<Record<string, RedisCommand>>;
  /** What AUTH must be given before anything else; nothing unless given. */
  password?: string;
  /** The wrong passwords after which a connection is closed; 10 unless given. */
  maxPasswords?: number;
  /** The most bytes that the keys and values may take; 64 MiB unless given. */
  maxMemoryBytes?: number;
  /** The most bytes of a command; 1 MiB unless given. */
  maxCommandBytes?: number;
  /** The most words of a command; 1,024 unless given. */
  maxCommandWords?: number;
  /** The most connections; 1,000 unless given. */
  maxConnections?: number;
}

/**
 * A small Redis in memory, for tests and for daemons that talk as Redis does: its commands are a
 * map. It has strings, expiry, and publishing; its time is the reactor's.
 *
 * ```ts
 * import { RedisClient, RedisServer } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const server = new RedisServer(reactor, {
 *   commands: { BREW: (_connection, what) => `a cup of ${new TextDecoder().decode(what)}` },
 * });
 * await reactor.listenTCP(6379, server);
 * const redis = await RedisClient.connect(reactor, 6379);
 * console.log(await redis.execute("BREW", "tea")); // → a cup of tea
 * await redis.execute("COFFEE").addErrback((failure) => console.log(failure.message));
 * // → RedisReplyError: ERR unknown command 'COFFEE'
 * reactor.stop();
 * await stopped;
 * ```
 */
export class RedisServer extends Factory<RedisConnection> {
  readonly clock: Pick<ReactorTime, "seconds">;
  readonly keys: RedisKeyspace;
  readonly subscribers: PubSub<RedisConnection> = new PubSub();
  readonly connections: Set<RedisConnection> = new Set();
  readonly #options: Required<Omit<RedisServerOptions, "password">>;
  readonly #password: string | undefined;

  /** @throws BadOptionError */
  constructor(clock: Pick<ReactorTime, "seconds">, options: RedisServerOptions = {}) {
    super();
    const { password, ...rest } = options;
    const { maxPasswords = MAX_PASSWORDS } = rest;
    if (password === "") throw new BadOptionError("a password has one character at least");
    if (!(maxPasswords >= 1)) {
      throw new BadOptionError(`maxPasswords must be 1 or more, not ${maxPasswords}`);
    }
    this.clock = clock;
    this.keys = new RedisKeyspace(clock);
    this.#password = password;
    this.#options = {
      commands: {},
      maxPasswords,
      maxMemoryBytes: 64 * 1024 * 1024,
      maxCommandBytes: 1024 * 1024,
      maxCommandWords: 1024,
      maxConnections: 1000,
      ...rest,
    };
  }

  override buildProtocol(): RedisConnection | null {
    if (this.connections.size >= this.#options.maxConnections) return null;
    const { maxCommandBytes: maxBytes, maxCommandWords: maxElements } = this.#options;
    const limits = { maxBytes, maxElements, maxDepth: 1, bulk: "bytes", inline: true } as const;
    return new RedisConnection(this, new RespDecoder(limits), this.#password === undefined);
  }

  find(name: string): RedisCommand | undefined {
    for (const commands of [this.#options.commands, CONNECTION_COMMANDS, KEY_COMMANDS]) {
      if (Object.hasOwn(commands, name)) return commands[name];
    }
    return undefined;
  }

  /** Whether it is the password; not if there is none. */
  admits(password: Uint8Array): boolean {
    return this.#password !== undefined && sameSecret(password, this.#password);
  }

  /** Whether who was wrong so many times may try again. */
  allowsAnother(wrongPasswords: number): boolean {
    return wrongPasswords < this.#options.maxPasswords;
  }

  /** @throws RedisReplyError when the keys have no room for so many more bytes. */
  makeRoom(bytes: number): void {
    if (this.keys.bytes + bytes > this.#options.maxMemoryBytes) {
      throw new RedisReplyError("OOM command not allowed when used memory > 'maxmemory'.");
    }
  }

  /** Sends to all who have subscribed; returns how many. */
  publish(channel: string, message: Uint8Array | string): number {
    return this.subscribers.publish(channel, (connection, pattern) => {
      const why = pattern === undefined ? ["message"] : ["pmessage", pattern];
      connection.send(new RespPush([...why, channel, message]));
    });
  }
}

/** One client of a {@link RedisServer}. */
export class RedisConnection extends FramedProtocol<RespValue> {
  readonly server: RedisServer;
  override readonly decoder: RespDecoder;
  /** Whether it has given the password. */
  isAdmitted: boolean;
  /** How often it was wrong about the password. */
  wrongPasswords = 0;
  version: RespVersion = 2;
  readonly channels: Set<string> = new Set();
  readonly patterns: Set<string> = new Set();
  /** The command that is awaited, and those behind it. */
  #running: Deferred<unknown> | undefined = undefined;
  #waiting: RespValue[] = [];

  constructor(server: RedisServer, decoder: RespDecoder, isAdmitted: boolean) {
    super();
    this.server = server;
    this.decoder = decoder;
    this.isAdmitted = isAdmitted;
  }

  send(reply: RespValue | SimpleString): void {
    this.transport.write(encodeResp(reply, this.version));
  }

  override connectionMade(): void {
    // Who subscribes and does not read is cut off.
    this.transport.maxBufferedBytes = MAX_BUFFERED_BYTES;
    this.server.connections.add(this);
  }

  override connectionLost(_reason: Failure): void {
    const { connections, subscribers } = this.server;
    connections.delete(this);
    for (const channel of this.channels) subscribers.unsubscribe(channel, this);
    for (const pattern of this.patterns) subscribers.punsubscribe(pattern, this);
    this.#waiting = [];
    this.#running?.cancel();
  }

  override decodingFailed(error: Error): void {
    this.send(new RedisReplyError(`ERR Protocol error: ${error.message}`));
    super.decodingFailed(error);
  }

  override frameReceived(value: RespValue): void {
    if (this.#running === undefined) {
      this.#take(value);
      return;
    }
    // While nothing is read, nobody would notice that the client has gone.
    this.#waiting.push(value);
    if (this.#waiting.length === MAX_WAITING) this.pauseProducing();
  }

  #take(value: RespValue): void {
    if (!Array.isArray(value) || !value.every((word) => word instanceof Uint8Array)) {
      this.decodingFailed(new BadFrameError("command", "it is no array of strings"));
      return;
    }
    const [name, ...args] = value;
    // An empty array is nothing at all.
    if (name !== undefined) this.#perform(new TextDecoder().decode(name), args);
  }

  #perform(name: string, args: readonly Uint8Array[]): void {
    const command = this.server.find(name.toUpperCase());
    if (command === undefined) {
      this.send(new RedisReplyError(`ERR unknown command '${name.slice(0, 128)}'`));
      return;
    }
    if (!this.isAdmitted && !OPEN_COMMANDS.has(name.toUpperCase())) {
      this.send(new RedisReplyError("NOAUTH Authentication required."));
      return;
    }
    let isDone = false;
    const running = maybeDeferred(() => command(this, ...args))
      .addCallbacks(
        (reply) => {
          if (reply !== undefined) this.send(reply);
        },
        (failure) => {
          this.send(errorFor(failure));
          if (!this.server.allowsAnother(this.wrongPasswords)) this.transport.loseConnection();
        },
      )
      .addBoth(() => {
        isDone = true;
        if (this.#running !== undefined) this.#goOn();
      });
    if (!isDone) this.#running = running;
  }

  /** The command that was awaited is done. */
  #goOn(): void {
    this.#running = undefined;
    while (this.#running === undefined && this.transport.connected) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#take(next);
    }
    if (this.#waiting.length === 0) this.resumeProducing();
  }
}

function errorFor({ value }: Failure): RedisReplyError {
  if (value instanceof RedisReplyError) return value;
  return new RedisReplyError(`ERR ${value instanceof Error ? value.message : String(value)}`);
}
