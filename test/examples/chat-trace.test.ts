import { expect } from "chai";
import { createReactor, type Reactor, type TraceEvent } from "skein";
import { openChat } from "../support/chat-party.ts";

const RUNS = 100;

/** What happened, and what each guest heard. */
interface Record {
  readonly trace: readonly TraceEvent[];
  readonly heard: readonly (readonly string[])[];
}

/** A chat of several guests, from its opening to its end. */
async function session(latency: number): Promise<Record> {
  const trace: TraceEvent[] = [];
  const reactor = createReactor("clock", { latency, trace: (event) => trace.push(event) });
  const heard = await talk(reactor);
  return { trace, heard };
}

async function talk(reactor: Reactor<"tcp" | "threads">): Promise<(readonly string[])[]> {
  const party = await openChat(reactor);
  const [ann, bob] = [await party.join("ann"), await party.join("bob")];
  const cid = await party.guest();
  cid.say("bob");
  await cid.heard("already");
  cid.say("cid");
  await cid.heard("hello");

  // All at once: nobody waits for anybody.
  ann.say("/hash one");
  bob.say("/hash two");
  cid.say("/hash three");
  ann.say("what are they doing?");
  cid.send("half a li");
  await Promise.all([ann.heard("sha256"), bob.heard("sha256"), cid.heard("sha256")]);
  cid.send("ne\n");
  await ann.heard("half a line");

  bob.abort();
  await ann.heard("* bob leaves");
  await Promise.all([ann, cid].map((guest) => guest.heard("* minute 3", 200)));
  cid.say("/quit");
  await cid.ended;
  await ann.ended; // idle
  await party.stop();
  return [ann, bob, cid].map(({ lines }) => lines);
}

describe("the chat: trace", () => {
  it(`is the same in ${RUNS} runs`, async () => {
    const first = await session(0.01);
    for (let run = 1; run < RUNS; run++) expect(await session(0.01)).to.deep.equal(first);
    expect(first.trace.length).to.be.greaterThan(50);
    expect(first.heard[0]).to.include("* bob leaves");
    expect(first.heard[0]?.at(-1)).to.equal("* you were idle for too long");
  });

  it("differs with the latency of the network", async () => {
    expect((await session(0.02)).trace).not.to.deep.equal((await session(0.01)).trace);
  });
});
