/** As much of a Redis server as a client needs to think that it is one. */
import { Factory, LineReceiver, type Protocol } from "skein/protocols";

/** What a server holds; another one may go on with it. */
export class RespStore {
  readonly values = new Map<string, string>();
  /** Members of sorted sets, with their scores. */
  readonly sorted = new Map<string, Map<string, number>>();
  readonly clients = new Set<Protocol>();

  /** By rank, from `start` to `stop`, both included; negative ones count from the end. */
  range(key: string, start: string, stop: string): string[] {
    const members = [...(this.sorted.get(key) ?? [])].sort(([, a], [, b]) => a - b);
    const end = Number(stop) + 1;
    return members.map(([member]) => member).slice(Number(start), end === 0 ? undefined : end);
  }
}

/** A factory; its connections share what was set. */
export function respServer(store: RespStore = new RespStore()): Factory {
  const { values, sorted, clients } = store;
  return Factory.forProtocol(
    class extends LineReceiver {
      #words: string[] = [];
      #left = 0;

      override connectionMade(): void {
        clients.add(this);
      }

      override connectionLost(): void {
        clients.delete(this);
      }

      /** `*2 $4 ECHO $2 hi`, a line each; what is counted in bytes holds no line breaks here. */
      override lineReceived(line: string): void {
        if (this.#left === 0) {
          this.#left = Number(line.slice(1));
          this.#words = [];
        } else if (!line.startsWith("$")) {
          this.#words.push(line);
          if (--this.#left === 0) this.transport.write(`${this.#answer(this.#words)}\r\n`);
        }
      }

      #answer([command = "", key = "", value = "", ...more]: readonly string[]): string {
        switch (command.toLowerCase()) {
          case "set":
            values.set(key, value);
            return "+OK";
          case "get":
            return bulk(values.get(key));
          case "incr":
            values.set(key, String(Number(values.get(key) ?? 0) + 1));
            return `:${values.get(key)}`;
          case "zadd": {
            const members = sorted.get(key) ?? new Map<string, number>();
            sorted.set(key, members);
            const pairs = [value, ...more];
            for (let i = 0; i < pairs.length; i += 2) {
              members.set(pairs[i + 1] as string, Number(pairs[i]));
            }
            return `:${pairs.length / 2}`;
          }
          case "zrange": {
            const members = store.range(key, value, more[0] as string);
            return [`*${members.length}`, ...members.map(bulk)].join("\r\n");
          }
          case "zremrangebyrank": {
            const removed = store.range(key, value, more[0] as string);
            for (const member of removed) sorted.get(key)?.delete(member);
            return `:${removed.length}`;
          }
          case "client":
          case "quit":
            return "+OK";
          default:
            return `-ERR unknown command '${command}'`;
        }
      }
    },
  );
}

function bulk(text: string | undefined): string {
  return text === undefined ? "$-1" : `$${Buffer.byteLength(text)}\r\n${text}`;
}
