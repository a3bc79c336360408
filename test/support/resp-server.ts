/** A Redis server for npm's client: skein's, and the commands that the chat's history needs. */
import { RedisReplyError, RedisServer } from "skein/protocols";
import type { ReactorTime } from "skein/reactor";

/** What a server holds; another one may go on with it. */
export class RespStore {
  /** Members of sorted sets, with their scores. */
  readonly sorted = new Map<string, Map<string, number>>();

  /** By rank, from `start` to `stop`, both included; negative ones count from the end. */
  range(key: string, start: string, stop: string): string[] {
    const members = [...(this.sorted.get(key) ?? [])].sort(([, a], [, b]) => a - b);
    const end = Number(stop) + 1;
    return members.map(([member]) => member).slice(Number(start), end === 0 ? undefined : end);
  }
}

/** A factory; its connections share what was set. */
export function respServer(
  clock: Pick<ReactorTime, "seconds">,
  store: RespStore = new RespStore(),
): RedisServer {
  const { sorted } = store;
  const decoder = new TextDecoder();
  return new RedisServer(clock, {
    commands: {
      ZADD(_connection, ...args) {
        const [key = "", ...pairs] = args.map((word) => decoder.decode(word));
        if (pairs.length % 2 === 1) throw new RedisReplyError("ERR syntax error");
        const members = sorted.get(key) ?? new Map<string, number>();
        sorted.set(key, members);
        for (let i = 0; i < pairs.length; i += 2) {
          members.set(pairs[i + 1] as string, Number(pairs[i]));
        }
        return pairs.length / 2;
      },
      ZRANGE(_connection, ...args) {
        const [key = "", start = "", stop = ""] = args.map((word) => decoder.decode(word));
        return store.range(key, start, stop);
      },
      ZREMRANGEBYRANK(_connection, ...args) {
        const [key = "", start = "", stop = ""] = args.map((word) => decoder.decode(word));
        const removed = store.range(key, start, stop);
        for (const member of removed) sorted.get(key)?.delete(member);
        return removed.length;
      },
    },
  });
}
