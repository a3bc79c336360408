import { expect } from "chai";
import { createReactor } from "skein";
import chat from "../../examples/chat/chat.ts";
import { dialReactor, type Guest } from "../support/guests.ts";
import { historyTest, historyTestOnClock } from "../support/history-party.ts";
import { quietly } from "../support/quietly.ts";
import { RespStore, respServer } from "../support/resp-server.ts";

const LINES_MAX = 100;

/** The lines of the log about the history, without the reasons. */
function aboutHistory(log: readonly string[]): string[] {
  return log.filter((line) => line.includes("history")).map((line) => line.replace(/ \(.*/, ""));
}

const AWAY = "chat: the history is away, the chat goes on";
const BACK = "chat: the history is back";

/** Says something, and sees that the other hears it. */
async function say(from: Guest, to: Guest, text: string): Promise<void> {
  from.say(text);
  await to.heard(`> ${text}`);
}

describe("the chat: its history in Redis", () => {
  historyTest("is told to those who come to a later chat", async (party) => {
    const first = await party.chat();
    const [ann, bob] = [await first.join("ann"), await first.join("bob")];
    for (let number = 1; number <= 12; number++) await say(ann, bob, `line ${number}`);
    expect(await first.saved()).to.have.length(12);

    const later = await party.chat();
    await later.saved();
    const cid = await later.join("cid");
    await cid.heard("* earlier: <ann> line 12");
    expect(cid.lines.slice(3)).to.deep.equal(
      Array.from({ length: 10 }, (_, index) => `* earlier: <ann> line ${index + 3}`),
    );
    expect(aboutHistory(party.log)).to.deep.equal([]);
  });

  historyTest("goes on where an earlier chat has ended", async (party) => {
    const first = await party.chat();
    const ann = await first.join("ann");
    await say(ann, await first.join("bob"), "before");
    await first.saved();
    const later = await party.chat();
    await say(await later.join("cid"), await later.join("dora"), "after");
    expect(await later.saved()).to.deep.equal(["<ann> before", "<cid> after"]);
  });

  historyTest("has the last hundred lines", async (party) => {
    const { join, saved } = await party.chat();
    const [ann, bob] = [await join("ann"), await join("bob")];
    const said = Array.from({ length: LINES_MAX + 50 }, (_, number) => `line ${number}`);
    ann.send(said.map((line) => `${line}\n`).join(""));
    await bob.heard(`> ${said.at(-1)}`);
    expect(await saved()).to.deep.equal(said.slice(-LINES_MAX).map((line) => `<ann> ${line}`));
  });

  historyTest("catches up when Redis was killed, and is there again", async (party) => {
    const { join, saved } = await party.chat();
    const [ann, bob] = [await join("ann"), await join("bob")];
    await say(ann, bob, "before");
    await saved();
    await party.redis.kill();
    await say(ann, bob, "meanwhile");
    await say(bob, ann, "indeed");
    await party.redis.restart();
    await say(ann, bob, "after");
    expect(await saved()).to.deep.equal([
      "<ann> before",
      "<ann> meanwhile",
      "<bob> indeed",
      "<ann> after",
    ]);
    expect(aboutHistory(party.log)).to.deep.equal([AWAY, BACK]);
  });

  historyTest("begins late when Redis does", async (party) => {
    await party.redis.kill();
    const { join, saved, status } = await party.chat();
    const [ann, bob] = [await join("ann"), await join("bob")];
    await say(ann, bob, "nobody writes this down");
    expect((await status()).unsaved).to.equal(null);
    await party.redis.restart();
    expect(await saved()).to.deep.equal(["<ann> nobody writes this down"]);
    expect(aboutHistory(party.log)).to.deep.equal([AWAY, BACK]);
  });

  historyTestOnClock("loses nothing when connections are reset again and again", async (party) => {
    const { reactor, redis } = party;
    const { join, saved } = await party.chat();
    const [ann, bob] = [await join("ann"), await join("bob")];
    const said = Array.from({ length: 30 }, (_, number) => `line ${number}`);
    for (const line of said) {
      await say(ann, bob, line);
      reactor.resetConnections({ port: redis.port });
    }
    expect(await saved()).to.deep.equal(said.map((line) => `<ann> ${line}`));
  });

  historyTestOnClock("goes on without a Redis that does not answer for an hour", async (party) => {
    const { reactor, redis } = party;
    const { join, saved, status } = await party.chat();
    const [ann, bob] = [await join("ann"), await join("bob")];
    await say(ann, bob, "before");
    await saved();
    const opened = reactor.inspect().length;
    const silence = reactor.partition({ port: redis.port });
    for (let minute = 1; minute <= 60; minute++) {
      await say(ann, bob, `minute ${minute}`);
      await say(bob, ann, `indeed ${minute}`);
      await bob.heard(/^\* minute/, 61);
    }
    expect((await status()).unsaved).to.equal(LINES_MAX);
    // The question that waits for an answer, at most.
    expect(reactor.inspect().length).to.be.at.most(opened + 4);
    expect(aboutHistory(party.log)).to.deep.equal([AWAY]);
    silence.heal();
    const lines = await saved();
    expect([lines.length, lines.at(-2), lines.at(-1)]).to.deep.equal([
      LINES_MAX,
      "<ann> minute 60",
      "<bob> indeed 60",
    ]);
    expect(aboutHistory(party.log)).to.deep.equal([AWAY, BACK]);
  });

  it("has what was said just before the chat closes", async () => {
    const reactor = createReactor("clock", { latency: 0.01 });
    const stopped = reactor.run();
    const store = new RespStore();
    await quietly(async () => {
      const port = await reactor.listenTCP(0, respServer(reactor, store));
      const history = `redis://127.0.0.1:${port.getHost().port}`;
      await chat(reactor, { port: 7000, history });
      const [ann, bob] = [await dialReactor(reactor, 7000), await dialReactor(reactor, 7000)];
      ann.say("ann");
      bob.say("bob");
      await bob.heard("/quit");
      ann.say("goodbye, all");
      await bob.heard("goodbye");
      reactor.stop();
      await stopped;
    });
    expect([...(store.sorted.get("chat:lines")?.keys() ?? [])]).to.deep.equal([
      "1 <ann> goodbye, all",
    ]);
  });

  for (const address of ["127.0.0.1:6379", "http://127.0.0.1", "rediss://127.0.0.1", "?"]) {
    it(`is not kept at "${address}"`, () => {
      expect(() => chat(createReactor("clock"), { history: address }))
        .to.throw("an address is such as redis://127.0.0.1:6379")
        .with.property("code", "ERR_BAD_OPTION");
    });
  }
});
