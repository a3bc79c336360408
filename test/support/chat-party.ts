/** The chat with its guests, on each backend that can run it. */
import { type ClockOptions, createReactor, type OptionValues, type Reactor } from "skein";
import chat from "../../examples/chat/chat.ts";
import { dialRaw, dialReactor, type Guest } from "./guests.ts";
import { quietly } from "./quietly.ts";

export interface Party {
  readonly reactor: Reactor<"tcp" | "threads">;
  /** Somebody who has connected, and not said their name yet. */
  guest(): Promise<Guest>;
  /** Somebody who was let in. */
  join(name: string): Promise<Guest>;
  /** Stops the reactor, and waits until it has stopped. */
  stop(): Promise<void>;
}

type Dial = (reactor: Reactor<"tcp" | "threads">, port: number) => Promise<Guest>;

export interface Setting {
  readonly name: string;
  readonly backend: "libuv" | "clock";
  readonly dial: Dial;
}

const SETTINGS: readonly Setting[] = [
  { name: "libuv, with sockets", backend: "libuv", dial: dialRaw },
  { name: "clock", backend: "clock", dial: dialReactor },
];

/** Guests on the chat's own reactor too, in real time. */
export const MORE_SETTINGS: readonly Setting[] = [
  ...SETTINGS,
  { name: "libuv, with its own clients", backend: "libuv", dial: dialReactor },
];

/** Networks that cut and delay by chance. */
const WEATHERS: readonly ClockOptions[] = Array.from({ length: 20 }, (_, seed) => ({
  seed,
  segments: "seeded",
  latency: [0.0005, 0.005],
}));
const WEATHERS_TIMEOUT_MS = 60_000;

/**
 * One test for each setting, and one for many networks of the clock: opens a chat, has the party,
 * and closes the chat.
 */
export function chatTest(
  title: string,
  body: (party: Party) => Promise<void>,
  settings: readonly Setting[] = SETTINGS,
): void {
  for (const { name, backend, dial } of settings) {
    it(`${title} (${name})`, () => have(createReactor(backend), dial, body));
  }
  it(`${title} (clock, in ${WEATHERS.length} kinds of weather)`, async () => {
    for (const weather of WEATHERS) {
      try {
        await have(createReactor("clock", weather), dialReactor, body);
      } catch (error) {
        throw new Error(`with seed ${weather.seed}`, { cause: error });
      }
    }
  }).timeout(WEATHERS_TIMEOUT_MS);
}

async function have(
  reactor: Reactor<"tcp" | "threads">,
  dial: Dial,
  body: (party: Party) => Promise<void>,
): Promise<void> {
  const party = await openChat(reactor, dial);
  try {
    await body(party);
  } finally {
    await party.stop();
  }
}

/** Runs the reactor with a chat on it. */
export async function openChat(
  reactor: Reactor<"tcp" | "threads">,
  dial: Dial = dialReactor,
  options: Partial<OptionValues<typeof chat.options>> = {},
): Promise<Party> {
  const stopped = reactor.run();
  const port = await quietly(() => chat(reactor, { ...options, port: 0 }));
  const guest = (): Promise<Guest> => dial(reactor, port.getHost().port);
  return {
    reactor,
    guest,
    async join(name) {
      const newcomer = await guest();
      newcomer.say(name);
      await newcomer.heard(`* hello ${name}!`);
      return newcomer;
    },
    async stop() {
      if (reactor.running) reactor.stop();
      await stopped;
    },
  };
}
