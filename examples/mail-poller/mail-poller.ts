/**
 * Tells of new letters: in a mailbox on a server, by a tiny part of POP3, or in a folder, by
 * threads. `--way` says how it is written; all five do the same.
 *
 *   npx reactor examples/mail-poller/mail-poller.ts --way inlineCallbacks --port 1100
 *   npx reactor examples/mail-poller/mail-poller.ts --way thread --folder ~/Maildir
 */
import { defineDaemon, type Reactor } from "skein";
import { countLetters } from "./mailbox.ts";
import {
  byCallbacks,
  byDeferreds,
  byDeferToThread,
  byInlineCallbacks,
  byThread,
  type Told,
} from "./pollers.ts";

const WAYS = ["callbacks", "deferreds", "thread", "deferToThread", "inlineCallbacks"] as const;

export default defineDaemon({
  summary: "Tells of new letters.",
  options: {
    way: { type: "choice", choices: WAYS, default: "inlineCallbacks", help: "how it is written" },
    seconds: { type: "number", default: 60, help: "how long to wait between two looks" },
    host: { type: "string", default: "127.0.0.1", help: "where the mailbox is" },
    port: { type: "number", default: 110, help: "and its port" },
    folder: { type: "string", default: "Maildir", help: "the mailbox for threads" },
  },
  build(reactor: Reactor<"tcp" | "names" | "threads">, { way, seconds, folder, ...mailbox }) {
    let before = 0;
    const told: Told = {
      letters(count) {
        if (count > before) console.log(`you have ${count - before} new letters`);
        before = count;
      },
      failed: (error) => console.log(`cannot look: ${String(error)}`),
    };
    const look = () => countLetters(reactor, mailbox);
    const begin = {
      callbacks: () => byCallbacks(reactor, seconds, look, told),
      deferreds: () => byDeferreds(reactor, seconds, look, told),
      thread: () => byThread(reactor, seconds, folder, told),
      deferToThread: () => byDeferToThread(reactor, seconds, folder, told),
      inlineCallbacks: () => byInlineCallbacks(reactor, seconds, look, told),
    };
    reactor.addSystemEventTrigger("before", "shutdown", begin[way]());
  },
});
