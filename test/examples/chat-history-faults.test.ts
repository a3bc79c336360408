import { expect } from "chai";
import { createReactor, deferLater, type Reactor } from "skein";
import chat from "../../examples/chat/chat.ts";
import { SeededRandom } from "../../src/core/random.ts";
import { dialReactor } from "../support/guests.ts";
import { quietly } from "../support/quietly.ts";
import { RespStore, respServer } from "../support/resp-server.ts";

const SEEDS = 20;
const LINES = 60;
const PORT = 7000;
const REDIS = { port: 6379 };

type World = Reactor<"tcp" | "threads" | "clock" | "network">;

/** What may befall Redis, for so many seconds. */
const FAULTS: readonly ((reactor: World, seconds: number) => void)[] = [
  (reactor) => void reactor.resetConnections(REDIS),
  (reactor, seconds) => lasting(reactor, seconds, reactor.partition(REDIS)),
  (reactor, seconds) => lasting(reactor, seconds, reactor.faultConnects(REDIS, "refused")),
  (reactor, seconds) => lasting(reactor, seconds, reactor.faultConnects(REDIS, "unanswered")),
  (reactor, seconds) => lasting(reactor, seconds, reactor.faultConnects(REDIS, "reset")),
];

function lasting(reactor: World, seconds: number, fault: { heal(): void }): void {
  reactor.callLater(seconds, () => fault.heal());
}

/** A chat that says all its lines while this and that happens; gives what Redis has at the end. */
async function talk(seed: number): Promise<string[]> {
  const random = new SeededRandom(seed);
  const reactor = createReactor("clock", { seed, segments: "seeded", latency: [0.001, 0.1] });
  const stopped = reactor.run();
  const store = new RespStore();
  await reactor.listenTCP(REDIS.port, respServer(reactor, store));
  await chat(reactor, { port: PORT, history: `redis://127.0.0.1:${REDIS.port}` });
  const [ann, bob] = [await dialReactor(reactor, PORT), await dialReactor(reactor, PORT)];
  ann.say("ann");
  bob.say("bob");
  await Promise.all([ann, bob].map((guest) => guest.heard("/quit")));
  for (let number = 1; number <= LINES; number++) {
    if (random.chance(0.3)) {
      const fault = FAULTS[random.below(FAULTS.length)] as (typeof FAULTS)[number];
      fault(reactor, random.below(20));
    }
    ann.say(`line ${number}`);
    await bob.heard(`<ann> line ${number}`);
    await deferLater(reactor, random.below(3000) / 1000);
  }
  reactor.heal();
  // Until the next attempt, whatever was tried last.
  await deferLater(reactor, 20);
  reactor.stop();
  await stopped;
  return store.range("chat:lines", "0", "-1");
}

describe("the chat: its history, with a Redis that is cut off at any time", () => {
  it(`has each line once, and in order (clock, with ${SEEDS} seeds)`, async () => {
    const all = Array.from({ length: LINES }, (_, index) => `${index + 1} <ann> line ${index + 1}`);
    for (let seed = 0; seed < SEEDS; seed++) {
      const saved = await quietly(() => talk(seed));
      expect(saved, `with seed ${seed}`).to.deep.equal(all);
    }
  }).timeout(60_000);
});
