import { expect } from "chai";
import fc from "fast-check";
import { createReactor } from "skein";
import { StringTransport } from "skein/testing";
import { Server } from "../../src/daemons/irc/server.ts";
import { cut, fuzz, sizes } from "../support/fuzz.ts";

const OPTIONS = {
  name: "irc.skein",
  motd: "Welcome.",
  pingSeconds: 120,
  registerSeconds: 30,
  floodBurst: 10,
  floodSeconds: 0,
  maxUsers: 10,
};

const word = fc.oneof(
  fc.constantFrom(
    "#tea",
    "#TEA",
    "#a,#b",
    "ada",
    "bob",
    "Bob",
    "nobody",
    ":",
    "::",
    "",
    "+o",
    "-k",
  ),
  fc.constantFrom(
    "+m+v",
    "+k",
    "b",
    ":two cups",
    ":#tea",
    "x".repeat(200),
    "0",
    "*",
    ",",
    "#",
    "+x:",
  ),
  fc.string({ maxLength: 5 }),
);
const command = fc.constantFrom(
  ..."AWAY CAP JOIN KICK LIST MODE MOTD NAMES NICK NOTICE PART PING PONG PRIVMSG TOPIC USER".split(
    " ",
  ),
  ..."WHO WHOIS BREW PASS toString".split(" "),
);
const line = fc
  .tuple(command, fc.array(word, { maxLength: 4 }))
  .map(([verb, words]) => `${[verb, ...words].join(" ")}\r\n`);
const talk = fc.array(fc.tuple(fc.boolean(), line), { maxLength: 25 });

describe("the IRC server, whatever is said to it", () => {
  fuzz(
    "throws nothing, and sends whole messages only",
    fc.property(talk, sizes, (lines, pieces) => {
      const server = new Server(createReactor("clock"), OPTIONS);
      const sides = ["ada", "bob"].map((nick) => {
        const transport = new StringTransport();
        const user = server.buildProtocol(transport.getPeer());
        if (user === null) throw new Error("the server is full");
        user.makeConnection(transport);
        user.dataReceived(Buffer.from(`NICK ${nick}\nUSER ${nick} 0 * :${nick}\nJOIN #tea\n`));
        return { user, transport };
      });
      for (const [isFirst, said] of lines) {
        const bytes = new TextEncoder().encode(said);
        for (const piece of cut(bytes, pieces)) sides[isFirst ? 0 : 1]?.user.dataReceived(piece);
      }
      for (const { user, transport } of sides) {
        expect(transport.connected).to.equal(true);
        const text = transport.text();
        expect(text.endsWith("\r\n")).to.equal(true);
        for (const sent of text.split("\r\n").slice(0, -1)) {
          expect(sent).to.match(/^(?::\S+ )?(?:[A-Z]+|\d{3})(?: |$)/);
          expect(Buffer.byteLength(sent)).to.be.at.most(510);
        }
        user.connectionLost(transport.lose());
      }
      expect([...server.users, ...server.channels.keys()]).to.deep.equal([]);
    }),
  );
});
