import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deferLater, type Reactor, startDaemon } from "skein";
import { reactorTests } from "skein/testing/mocha";
import poller from "../../examples/mail-poller/mail-poller.ts";
import { countLetters } from "../../examples/mail-poller/mailbox.ts";
import {
  byCallbacks,
  byDeferreds,
  byDeferToThread,
  byInlineCallbacks,
  byThread,
  type Told,
} from "../../examples/mail-poller/pollers.ts";
import { TinyPOP3 } from "../support/tiny-pop3.ts";

const test = reactorTests({ clock: { latency: 0.05 } });
const MAILBOX = { host: "127.0.0.1", port: 1100 };

/** Notes what it was told. */
function notes(): Told & { log: string[] } {
  const log: string[] = [];
  return {
    log,
    letters: (count) => log.push(`${count} letters`),
    failed: (error) => log.push((error as Error).message),
  };
}

const pass = (reactor: Reactor, seconds: number) => deferLater(reactor, seconds, () => {});

describe("the mail poller", () => {
  for (const way of [byCallbacks, byDeferreds, byInlineCallbacks]) {
    test(`tells of letters and of failures, and stops (${way.name})`, async (reactor) => {
      const mailbox = new TinyPOP3();
      const port = await mailbox.listen(reactor, MAILBOX.port);
      const told = notes();
      const stop = way(reactor, 60, () => countLetters(reactor, MAILBOX), told);
      await pass(reactor, 1);
      mailbox.letters = 2;
      await pass(reactor, 60);
      mailbox.answer = "-ERR on fire";
      await pass(reactor, 60);
      mailbox.answer = undefined;
      await pass(reactor, 61);
      stop();
      await pass(reactor, 600);
      expect(told.log).to.deep.equal([
        "0 letters",
        "2 letters",
        "the mailbox says: -ERR on fire",
        "2 letters",
      ]);
      expect(mailbox).to.include({ asked: 4, guests: 0 });
      await port.stopListening();
    });

    test(`hangs up when it is stopped while it looks (${way.name})`, async (reactor) => {
      const mailbox = new TinyPOP3();
      mailbox.hangs = true;
      const port = await mailbox.listen(reactor, MAILBOX.port);
      const told = notes();
      const stop = way(reactor, 60, () => countLetters(reactor, MAILBOX), told);
      await pass(reactor, 30);
      expect(mailbox.guests).to.equal(1);
      stop();
      await pass(reactor, 120);
      expect(mailbox).to.include({ asked: 1, guests: 0 });
      expect(told.log).to.deep.equal([]);
      await port.stopListening();
    });
  }

  for (const way of [byThread, byDeferToThread]) {
    test(`looks into a folder by a thread (${way.name})`, async (reactor, { addCleanup }) => {
      const folder = mkdtempSync(join(tmpdir(), "skein-mail-"));
      addCleanup(() => rmSync(folder, { recursive: true }));
      const told = notes();
      const stop = way(reactor, 60, folder, told);
      await pass(reactor, 30);
      mkdirSync(join(folder, "new"));
      writeFileSync(join(folder, "new", "letter"), "hello");
      await pass(reactor, 60);
      stop();
      await pass(reactor, 600);
      expect(told.log).to.have.lengthOf(2);
      expect(told.log[0]).to.include("ENOENT");
      expect(told.log[1]).to.equal("1 letters");
    });
  }

  test("says that nobody is at the mailbox", async (reactor) => {
    const failure = await countLetters(reactor, MAILBOX).addErrback(({ message }) => message);
    expect(failure).to.match(/^AllAddressesFailedError: .*nobody listens|refused/);
  });

  test("is a daemon, which tells of what is new", async (reactor, { addCleanup }) => {
    const said: string[] = [];
    const { log } = console;
    console.log = (text: string) => void said.push(text);
    addCleanup(() => {
      console.log = log;
    });
    const mailbox = new TinyPOP3();
    const port = await mailbox.listen(reactor, MAILBOX.port);
    addCleanup(() => port.stopListening());
    await startDaemon(reactor, poller, { port: MAILBOX.port, way: "deferreds" });
    mailbox.letters = 3;
    await pass(reactor, 90);
    mailbox.letters = 1;
    await pass(reactor, 60);
    mailbox.letters = 2;
    await pass(reactor, 60);
    expect(said).to.deep.equal(["you have 3 new letters", "you have 1 new letters"]);
    reactor.stop();
    await new Promise<void>((resolve) => {
      reactor.addSystemEventTrigger("after", "shutdown", resolve);
    });
  });
});
