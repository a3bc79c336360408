import { BadOptionError, QueueFullError } from "../../core/errors.ts";
import { Fifo } from "../../core/fifo.ts";
import { Deferred } from "../../defer/deferred.ts";
import { CancelledError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { fail } from "../../defer/fired.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { Connector } from "../../reactor/transport.ts";
import { BadFrameError } from "../errors.ts";
import { ClientFactory } from "../factory.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import { encodeRedisCommand } from "./encode.ts";
import { RespDecoder, type RespFormat } from "./resp-decoder.ts";
import { type RedisArgument, RedisReplyError, RespPush, type RespValue } from "./values.ts";

const MAX_IN_FLIGHT = 10_000;
const MESSAGES: ReadonlySet<unknown> = new Set(["message", "pmessage", "smessage"]);
const CONFIRMATIONS: ReadonlySet<unknown> = new Set([
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "ssubscribe",
  "sunsubscribe",
]);

export interface RedisClientOptions extends RespFormat {
  /** The most commands that may wait for their replies; 10,000 unless given. */
  maxInFlight?: number;
}

/**
 * A connection to Redis: commands, sent at once and answered in their order.
 *
 * ```ts
 * import { RedisClient, RedisServer } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(6379, new RedisServer(reactor));
 * const redis = await RedisClient.connect(reactor, 6379);
 * redis.execute("SET", "tea", "green").addErrback((failure) => console.log(failure.message));
 * console.log(await redis.execute("GET", "tea")); // → green
 * await redis.execute("INCR", "tea").addErrback((failure) => console.log(failure.message));
 * // → RedisReplyError: ERR value is not an integer or out of range
 * console.log(await redis.executeAll([["INCR", "cups"], ["INCR", "cups"]])); // → [ 1, 2 ]
 * redis.transport.loseConnection();
 * reactor.stop();
 * await stopped;
 * ```
 *
 * When the connection ends, all that was not answered fails with its reason: whether the server has
 * done it is not known then. Replies over the limits of its format end the connection.
 */
export class RedisClient extends FramedProtocol<RespValue> {
  override readonly decoder: RespDecoder;
  /** Those who wait for a reply; undefined for one that nobody wants any more. */
  readonly #waiting = new Fifo<Deferred<RespValue>>();
  readonly #maxInFlight: number;
  #subscriptions = 0;
  #lost: Failure | undefined = undefined;

  /** @throws BadOptionError */
  constructor({ maxInFlight = MAX_IN_FLIGHT, ...format }: RedisClientOptions = {}) {
    super();
    if (!(maxInFlight >= 1)) {
      throw new BadOptionError(`maxInFlight must be 1 or more commands, not ${maxInFlight}`);
    }
    this.decoder = new RespDecoder(format);
    this.#maxInFlight = maxInFlight;
  }

  /** Connects; fails as the connection does. Cancelling gives up the attempt. */
  static connect(
    reactor: Reactor<"tcp">,
    port: number,
    host = "127.0.0.1",
    options: RedisClientOptions = {},
  ): Deferred<RedisClient> {
    const connected = new Deferred<RedisClient>(() => connector.stopConnecting());
    class Dialler extends ClientFactory {
      override buildProtocol(): RedisClient {
        const client = new RedisClient(options);
        client.#connected = () => connected.callback(client);
        return client;
      }
      override clientConnectionFailed(_connector: Connector, reason: Failure): void {
        if (!connected.called) connected.errback(reason);
      }
    }
    const connector = reactor.connectTCP(host, port, new Dialler());
    return connected;
  }

  #connected: () => void = () => {};

  /** How many commands wait for their replies. */
  get inFlight(): number {
    return this.#waiting.length;
  }

  /**
   * Sends a command; fires with its reply. Fails with RedisReplyError when that is an error, with
   * QueueFullError when too many wait, with the reason when the connection ends. Cancelling drops
   * the reply: the command was sent.
   *
   * @throws BadOptionError for a command without a name.
   */
  execute(...words: readonly RedisArgument[]): Deferred<RespValue> {
    return this.#send(words).addCallback((reply) => {
      if (reply instanceof RedisReplyError) throw reply;
      return reply;
    });
  }

  /**
   * Sends several commands together; fires with their replies, among which errors are values. Fails
   * with QueueFullError, when none was sent, or with the reason when the connection ends.
   */
  executeAll(commands: readonly (readonly RedisArgument[])[]): Deferred<RespValue[]> {
    if (this.#waiting.length + commands.length > this.#maxInFlight) return fail(this.#full());
    const replies: RespValue[] = [];
    let left = commands.length;
    const sent: Deferred<unknown>[] = [];
    const all = new Deferred<RespValue[]>(() => {
      all.errback(new CancelledError());
      for (const one of sent) one.cancel();
    });
    if (left === 0) all.callback(replies);
    for (const [index, words] of commands.entries()) {
      const one = this.#send(words).addCallbacks(
        (reply) => {
          replies[index] = reply;
          if (--left === 0 && !all.called) all.callback(replies);
        },
        (failure) => {
          if (!all.called) all.errback(failure);
        },
      );
      sent.push(one);
    }
    return all;
  }

  /** Hears what is published to a channel; fires when it does. The name is no pattern. */
  subscribe(channel: string): Deferred<void> {
    return this.execute("SUBSCRIBE", channel).addCallback(() => {});
  }

  unsubscribe(channel: string): Deferred<void> {
    return this.execute("UNSUBSCRIBE", channel).addCallback(() => {});
  }

  /** Hears what is published to all channels whose names match. */
  psubscribe(pattern: string): Deferred<void> {
    return this.execute("PSUBSCRIBE", pattern).addCallback(() => {});
  }

  punsubscribe(pattern: string): Deferred<void> {
    return this.execute("PUNSUBSCRIBE", pattern).addCallback(() => {});
  }

  /** Something was published; `pattern` is the one that it matched. */
  messageReceived(_channel: string, _message: RespValue, _pattern?: string): void {}

  /** The server has sent something else of its own accord, in RESP3. */
  pushReceived(_push: RespPush): void {}

  // --- Protocol ---

  override connectionMade(): void {
    this.#connected();
  }

  override frameReceived(value: RespValue): void {
    const items = itemsOf(value);
    if (items !== undefined) {
      const kind = textOf(items[0]);
      const isPush = value instanceof RespPush;
      if (MESSAGES.has(kind) && (isPush || this.#subscriptions > 0)) {
        this.#message(kind, items);
        return;
      }
      if (CONFIRMATIONS.has(kind) && typeof items[2] === "number") this.#subscriptions = items[2];
      else if (isPush) {
        this.pushReceived(value);
        return;
      }
    }
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.transport.loseConnection(new BadFrameError("RESP", "a reply that nobody has asked for"));
    } else if (!waiting.called) waiting.callback(value);
  }

  override connectionLost(reason: Failure): void {
    this.#lost = reason;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (!next.called) next.errback(reason);
    }
  }

  #message(kind: string, items: readonly RespValue[]): void {
    const [first, ...rest] = kind === "pmessage" ? items.slice(1) : [undefined, ...items.slice(1)];
    const [channel, message = null] = rest;
    if (first === undefined) this.messageReceived(textOf(channel), message);
    else this.messageReceived(textOf(channel), message, textOf(first));
  }

  #send(words: readonly RedisArgument[]): Deferred<RespValue> {
    const bytes = encodeRedisCommand(words);
    if (this.#lost !== undefined) return fail(this.#lost);
    if (this.#waiting.length === this.#maxInFlight) return fail(this.#full());
    const reply = new Deferred<RespValue>();
    this.#waiting.push(reply);
    this.transport.write(bytes);
    return reply;
  }

  #full(): QueueFullError {
    return new QueueFullError(`${this.#maxInFlight} Redis commands at most may wait for replies`);
  }
}

/** What is in an array, or in what the server sends of its own accord. */
function itemsOf(value: RespValue): readonly RespValue[] | undefined {
  if (value instanceof RespPush) return value.items;
  return Array.isArray(value) ? (value as readonly RespValue[]) : undefined;
}

function textOf(value: RespValue | undefined): string {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "string" ? value : "";
}
