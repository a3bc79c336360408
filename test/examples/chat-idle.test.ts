import { expect } from "chai";
import { createReactor, type Reactor } from "skein";
import { LineClient } from "skein/testing";
import chat from "../../examples/chat/chat.ts";
import { quietly } from "../support/quietly.ts";

type ClockReactor = Reactor<"tcp" | "threads" | "clock">;

const PORT = 7000;
const HOUR = 3600;

/** A chat whose time passes only when it is told to. */
async function openChat(): Promise<ClockReactor> {
  const reactor = createReactor("clock");
  await quietly(async () => {
    chat(reactor, { port: PORT });
    await reactor.advance(0);
  });
  return reactor;
}

async function join(reactor: ClockReactor, name: string): Promise<LineClient> {
  const dialled = LineClient.dial(reactor, PORT);
  await reactor.advance(0);
  const guest = await dialled;
  guest.say(name);
  await reactor.advance(0);
  expect(guest.lines[1]).to.match(new RegExp(`^\\* hello ${name}! `));
  return guest;
}

/** Notes the virtual time at which a guest's connection ends. */
function noteEnd(reactor: ClockReactor, guest: LineClient): () => number | undefined {
  let at: number | undefined;
  guest.ended.addCallback((reason) => {
    at = reactor.seconds();
    return reason;
  });
  return () => at;
}

describe("the chat: idle guests", () => {
  it("are dropped after exactly ten minutes", async () => {
    const reactor = await openChat();
    await reactor.advance(17);
    const ann = await join(reactor, "ann");
    const end = noteEnd(reactor, ann);
    await reactor.advance(599.999);
    expect(ann.transport.connected).to.equal(true);
    await reactor.advance(1);
    expect(end()).to.equal(617);
    expect(ann.lines.at(-1)).to.equal("* you were idle for too long");
  });

  it("are those who say nothing, even if they hear much", async () => {
    const reactor = await openChat();
    const ann = await join(reactor, "ann");
    const bob = await join(reactor, "bob");
    const [annEnd, bobEnd] = [noteEnd(reactor, ann), noteEnd(reactor, bob)];
    for (let minute = 1; minute <= 9; minute++) {
      await reactor.advance(60);
      ann.say(`minute ${minute}`);
    }
    await reactor.advance(HOUR);
    expect(bobEnd()).to.equal(600);
    expect(annEnd()).to.equal(540 + 600);
    expect(bob.lines).to.include("<ann> minute 9");
  });

  it("are dropped if they never say their name", async () => {
    const reactor = await openChat();
    const dialled = LineClient.dial(reactor, PORT);
    await reactor.advance(0);
    const end = noteEnd(reactor, await dialled);
    await reactor.advance(HOUR);
    expect(end()).to.equal(600);
  });

  it("leave nothing behind in six hours of heartbeats and timers", async () => {
    const reactor = await openChat();
    const faithful = await join(reactor, "faithful");
    const ends: (() => number | undefined)[] = [];
    // Every half hour somebody comes and falls asleep; the faithful one speaks just in time.
    for (let half = 0; half < 12; half++) {
      ends.push(noteEnd(reactor, await join(reactor, `sleeper${half}`)));
      for (const seconds of [599, 599, 599, 3]) {
        faithful.say("still here");
        await reactor.advance(seconds);
      }
    }
    expect(reactor.seconds()).to.equal(6 * HOUR);
    expect(ends.map((end) => end())).to.deep.equal(
      Array.from({ length: 12 }, (_, half) => half * 1800 + 600),
    );

    const beats = faithful.lines.filter((line) => line.startsWith("* minute"));
    expect(beats).to.deep.equal(
      Array.from({ length: 360 }, (_, i) => {
        // A sleeper is told to go in the tenth minute's turn, and has gone after it.
        const asleep = (i + 1) % 30 > 0 && (i + 1) % 30 <= 10;
        return `* minute ${i + 1}: ${asleep ? 2 : 1} here`;
      }),
    );
    // The faithful one's own timer, and the heartbeat.
    expect(reactor.getDelayedCalls()).to.have.length(2);
  });
});
