/** The chat with its history in Redis, and its page. */
// First: libraries take functions of Node's when they are loaded.
import { bridged, type Scenario } from "./bridged.ts";
import { deferLater, type Reactor } from "skein";
import chat from "../../examples/chat/chat.ts";
import { dialReactor, type Guest } from "./guests.ts";
import { openRedis, type RedisStand, savedLines } from "./redis-stand.ts";
import { type Answer, ask } from "./status-page.ts";

/** How long tests wait before they look again. */
const LOOK_SECONDS = 0.05;

export interface HistoryParty {
  readonly reactor: Reactor<"tcp" | "threads">;
  readonly redis: RedisStand;
  /** What the chats have printed. */
  readonly log: readonly string[];
  /** Opens another chat on the same Redis. */
  chat(): Promise<HistoryChat>;
}

export interface HistoryChat {
  join(name: string): Promise<Guest>;
  /** A page of its own. */
  page(path: string): Promise<Answer>;
  /** What `/status.json` says. */
  status(): Promise<{ people: number; lines: string[]; unsaved: number | null }>;
  /** Waits until all that was said is in Redis, and gives it. */
  saved(): Promise<string[]>;
}

export type HistoryTest = (party: HistoryParty) => Promise<void>;

/** On libuv, and on the clock, where each run leaves the same trace. */
export function historyTest(title: string, body: HistoryTest): void {
  bridged(title, (reactor) => have(reactor as Reactor<"tcp" | "threads">, body), []);
}

/** With faults that only the simulated network has. */
export function historyTestOnClock(
  title: string,
  body: (party: HistoryParty & { readonly reactor: ClockReactor }) => Promise<void>,
): void {
  const scenario: Scenario = (reactor) => have(reactor as ClockReactor, body);
  bridged(title, scenario, [], { simulatedOnly: true });
}

export type ClockReactor = Reactor<"tcp" | "threads" | "clock" | "network">;

async function have<R extends Reactor<"tcp" | "threads">>(
  reactor: R,
  body: (party: HistoryParty & { readonly reactor: R }) => Promise<void>,
): Promise<readonly string[]> {
  const redis = await openRedis(reactor);
  const log: string[] = [];
  const { log: print } = console;
  console.log = (line: string) => log.push(line);
  // The chats save their last lines when the reactor stops.
  reactor.addSystemEventTrigger("after", "shutdown", () => {
    console.log = print;
    return redis.stop();
  });
  await body({ reactor, redis, log, chat: () => openChat(reactor, redis.port, log) });
  return [];
}

async function openChat(
  reactor: Reactor<"tcp" | "threads">,
  redisPort: number,
  log: readonly string[],
): Promise<HistoryChat> {
  const history = `redis://127.0.0.1:${redisPort}`;
  const port = await chat(reactor, { port: 0, statusPort: 0, history });
  const statusPort = Number(log.at(-1)?.match(/127\.0\.0\.1:(\d+)\/$/)?.[1]);
  const page = (path: string): Promise<Answer> => ask(reactor, statusPort, path);
  const status: HistoryChat["status"] = async () =>
    JSON.parse((await page("/status.json")).text) as never;
  return {
    page,
    status,
    async join(name) {
      const guest = await dialReactor(reactor, port.getHost().port);
      guest.say(name);
      await guest.heard("/quit");
      return guest;
    },
    async saved() {
      while ((await status()).unsaved !== 0) await deferLater(reactor, LOOK_SECONDS);
      return (await savedLines(reactor, redisPort)).map((line) => line.replace(/^\d+ /, ""));
    },
  };
}
