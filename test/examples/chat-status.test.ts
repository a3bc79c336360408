import { expect } from "chai";
import { createReactor, deferLater, Factory, Protocol, type Reactor } from "skein";
import chat from "../../examples/chat/chat.ts";
import { dialReactor, type Guest } from "../support/guests.ts";
import { historyTest } from "../support/history-party.ts";
import { quietly } from "../support/quietly.ts";
import { ask } from "../support/status-page.ts";

const [PORT, STATUS_PORT] = [7000, 8080];
const DAY = 86_400;

/** A chat on virtual time, without a history. */
async function openChat(
  body: (reactor: Reactor<"tcp" | "threads" | "clock">) => Promise<void>,
): Promise<void> {
  const reactor = createReactor("clock", { latency: 0.01 });
  const stopped = reactor.run();
  try {
    await quietly(() => chat(reactor, { port: PORT, statusPort: STATUS_PORT }));
    await body(reactor);
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
}

async function join(reactor: Reactor<"tcp">, name: string): Promise<Guest> {
  const guest = await dialReactor(reactor, PORT);
  guest.say(name);
  await guest.heard("/quit");
  return guest;
}

describe("the chat: its page", () => {
  historyTest("shows who is here and what was said last, as text", async (party) => {
    const { join: joinChat, page, saved, status } = await party.chat();
    const [ann, bob] = [await joinChat("ann"), await joinChat("bob")];
    ann.say(`<script a="1">'&'</script>`);
    await bob.heard("script");
    await saved();
    const { status: code, headers, text } = await page("/");
    expect([code, headers["content-type"]]).to.deep.equal([200, "text/html; charset=utf-8"]);
    expect(text).to.include("<h1>2 are here</h1>");
    expect(text).to.include(
      "<li>&#60;ann&#62; &#60;script a=&#34;1&#34;&#62;&#39;&#38;&#39;&#60;/script&#62;</li>",
    );
    expect(text).not.to.include("<script");
    expect(await status()).to.deep.include({
      people: 2,
      lines: [`<ann> <script a="1">'&'</script>`],
      unsaved: 0,
    });
  });

  it("tells how long the chat is up, and is there without a history", () =>
    openChat(async (reactor) => {
      const ann = await join(reactor, "ann");
      ann.say("not written down");
      await deferLater(reactor, DAY);
      const { text, headers } = await ask(reactor, STATUS_PORT, "/status.json");
      expect(headers["content-type"]).to.equal("application/json; charset=utf-8");
      expect(JSON.parse(text)).to.deep.equal({
        people: 0,
        upSeconds: DAY,
        lines: [],
        unsaved: null,
      });
    }));

  for (const [path, method, code] of [
    ["/nowhere", "GET", 404],
    ["/", "POST", 405],
    ["/", "HEAD", 200],
  ] as const) {
    it(`answers ${method} ${path} with ${code}`, () =>
      openChat(async (reactor) => {
        expect((await ask(reactor, STATUS_PORT, path, method)).status).to.equal(code);
      }));
  }

  it("disconnects who asks nothing", () =>
    openChat(async (reactor) => {
      const silent = await dialReactor(reactor, STATUS_PORT);
      const before = reactor.seconds();
      await silent.ended;
      expect(reactor.seconds() - before).to.be.within(30, 31);
    }));

  it("whose port is taken fails the start, and leaves nothing", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const taken = await reactor.listenTCP(STATUS_PORT, Factory.forProtocol(Protocol));
    const failure = await quietly(() =>
      chat(reactor, { port: PORT, statusPort: STATUS_PORT }).addErrback(({ value }) => value),
    );
    expect(failure).to.have.property("code", "ERR_CANNOT_LISTEN");
    await taken.stopListening();
    expect(reactor.inspect()).to.deep.equal([]);
    reactor.stop();
    await stopped;
  });
});
