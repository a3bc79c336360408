/**
 * The last lines of the chat, kept in Redis by ioredis, which runs on the reactor as the chat does.
 *
 * The chat never waits for it. However slow Redis is, or far away, one question is under way at a
 * time, and no more than the last lines wait for it; each has a number, so that one that is saved
 * twice, because an answer was lost, is there once. Two chats at a time want two databases.
 */
import { Redis, type RedisOptions } from "ioredis";
import { Deferred, type DelayedCall, fromPromise, type Reactor } from "skein";
import { connectDuplex, type ReactorSocket } from "skein/interop";

const KEY = "chat:lines";
const LINES_MAX = 100;
/** Whoever has not answered by then has gone. */
const PATIENCE_SECONDS = 5;
const RETRY_SECONDS = 1;

/** What the address of a history should be, if it is none. */
export function addressComplaint(url: string): string | undefined {
  if (URL.canParse(url) && new URL(url).protocol === "redis:") return undefined;
  return "an address is such as redis://127.0.0.1:6379";
}

export class History {
  readonly #reactor: Reactor<"tcp">;
  readonly #redis: Redis;
  /** The oldest first, without gaps; the newest has the number `#newest`. */
  #lines: string[] = [];
  #newest = 0;
  /** Redis has the lines up to this number. */
  #saved = 0;
  /** What was there before has been read. */
  #loaded = false;
  #away = false;
  #closing = false;
  /** The question that is under way. */
  #work: Deferred<void> | undefined = undefined;
  #retry: DelayedCall | undefined = undefined;

  /** @param url that {@link addressComplaint} has nothing against. */
  constructor(reactor: Reactor<"tcp">, url: string) {
    this.#reactor = reactor;
    this.#redis = new Redis(url, {
      Connector: connectorOver(reactor),
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      // Its own timers would be in real time: the reactor has others.
      connectTimeout: 0,
      retryStrategy: () => null,
    });
    // Whoever asks is told too.
    this.#redis.on("error", () => {});
    this.#redis.on("end", () => {
      const expected = this.#work !== undefined || this.#away || this.#closing;
      if (!expected) this.#failed("the connection has ended");
    });
  }

  /** Reads what was there before. */
  start(): void {
    this.#continue();
  }

  add(line: string): void {
    if (this.#closing) return;
    this.#lines.push(line);
    this.#newest++;
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    this.#continue();
  }

  /** The newest lines, the oldest of them first. */
  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  /** What Redis does not have yet; undefined until it has been read. */
  get unsaved(): number | undefined {
    return this.#loaded ? Math.min(this.#newest - this.#saved, this.#lines.length) : undefined;
  }

  /** Saves what is not saved yet, if Redis answers in time. */
  close(): Deferred<void> {
    this.#closing = true;
    if (this.#retry?.active) this.#retry.cancel();
    const over = new Deferred<void>();
    const finish = (): void => {
      // What was never begun is not begun now.
      const begun = this.#loaded && !this.#away;
      const work = this.#work ?? (begun ? this.#continue() : undefined);
      if (work !== undefined) {
        work.addBoth(finish);
        return;
      }
      this.#redis.disconnect();
      over.callback();
    };
    finish();
    return over;
  }

  /** Goes on with what there is to do, unless that has begun, or must wait. */
  #continue(): Deferred<void> | undefined {
    if (this.#work !== undefined || this.#retry?.active) return this.#work;
    if (this.#loaded && this.#saved === this.#newest) return undefined;
    this.#work = fromPromise(this.#bringUpToDate())
      .addTimeout(PATIENCE_SECONDS, this.#reactor)
      .addCallbacks(
        () => {
          this.#work = undefined;
          if (this.#away) console.log("chat: the history is back");
          this.#away = false;
          this.#continue();
        },
        (failure) => {
          this.#work = undefined;
          this.#failed(failure.message);
        },
      );
    return this.#work;
  }

  async #bringUpToDate(): Promise<void> {
    const redis = this.#redis;
    if (redis.status !== "ready") {
      // It may be another one, or have forgotten: it gets all of them again.
      this.#saved = 0;
      await redis.connect();
    }
    if (!this.#loaded) await this.#load();
    const newest = this.#newest;
    const count = Math.min(newest - this.#saved, this.#lines.length);
    if (count === 0) return;
    const unsaved = this.last(count).flatMap((line, i) => {
      const number = newest - count + 1 + i;
      return [String(number), `${number} ${line}`];
    });
    await Promise.all([redis.zadd(KEY, ...unsaved), redis.zremrangebyrank(KEY, 0, -LINES_MAX - 1)]);
    this.#saved = newest;
  }

  /** What was said before comes before what was said since. */
  async #load(): Promise<void> {
    const found = await this.#redis.zrange(KEY, -LINES_MAX, "-1");
    const before = Number.parseInt(found.at(-1) ?? "0", 10);
    const lines = found.map((line) => line.replace(/^\d+ /, ""));
    this.#lines = [...lines, ...this.#lines].slice(-LINES_MAX);
    this.#newest += before;
    this.#saved = before;
    this.#loaded = true;
  }

  /** Says so once, and tries again. */
  #failed(why: string): void {
    this.#redis.disconnect();
    if (!this.#away) console.log(`chat: the history is away, the chat goes on (${why})`);
    this.#away = true;
    this.#saved = 0;
    if (this.#closing || this.#retry?.active) return;
    this.#retry = this.#reactor.callLater(RETRY_SECONDS, () => void this.#continue());
  }
}

/** How ioredis is told to connect. */
function connectorOver(reactor: Reactor<"tcp">): NonNullable<RedisOptions["Connector"]> {
  class Connector {
    readonly #options: RedisOptions;
    #socket: ReactorSocket | undefined = undefined;

    constructor(options: RedisOptions) {
      this.#options = options;
    }
    connect(): Promise<ReactorSocket> {
      const { host = "localhost", port = 6379 } = this.#options;
      this.#socket = connectDuplex(reactor, host, port);
      return Promise.resolve(this.#socket);
    }
    check(): boolean {
      return true;
    }
    disconnect(): void {
      this.#socket?.destroy();
    }
  }
  return Connector as never;
}
