import { expect } from "chai";
import { deferLater } from "skein";
import type { LineClient } from "skein/testing";
import { Operator } from "../support/manhole-operator.ts";
import { onIRC, say } from "../support/irc-network.ts";

/** What somebody hears from here on, until they have been answered once more. */
async function news(client: LineClient): Promise<string[]> {
  const from = client.lines.length;
  say(client, "PING :news");
  await client.heard(/PONG .* news$/);
  return client.lines.slice(from, -1);
}

/** Says something; the answers, without the server's name and the nick. */
async function ask(client: LineClient, ...lines: readonly string[]): Promise<string[]> {
  const from = client.lines.length;
  say(client, ...lines, "PING :asked");
  await client.heard(/PONG .* asked$/);
  return client.lines
    .slice(from)
    .filter((line) => !line.includes("PONG"))
    .map((line) => line.replace(/^:irc\.skein (\d+) \S+/, "$1"));
}

const calm = { floodSeconds: 0 };

describe("the IRC server", () => {
  it("welcomes who says who they are, in either order", () =>
    onIRC(async ({ dial }) => {
      const ada = await dial();
      say(ada, "USER ada 0 * :Ada", "NICK ada");
      expect(await ada.heard(" 001 ")).to.equal(":irc.skein 001 ada :welcome, ada!~ada@127.0.0.1");
      await ada.heard("- Welcome.");
      const eve = await dial();
      say(eve, "CAP LS 302", "NICK eve", "USER eve 0 * :Eve", "CAP REQ :sasl");
      expect(await eve.heard("NAK")).to.equal(":irc.skein CAP eve NAK sasl");
      say(eve, "JOIN #tea");
      await eve.heard(" 451 ");
      say(eve, "CAP END");
      await eve.heard(" 001 ");
    }));

  it("lets nobody have another's name, in any letters", () =>
    onIRC(async ({ dial, join }) => {
      await join("Ada[1]");
      const other = await dial();
      say(other, "NICK aDA{1}", "USER x 0 * :X");
      expect(await other.heard(" 433 ")).to.include("* aDA{1} :the nickname is in use");
      say(other, "NICK 1x", "NICK", "NICK bob");
      await other.heard(" 432 ");
      await other.heard(" 431 ");
      await other.heard(" 376 ");
      expect(await ask(other, "NICK ADA[1]")).to.deep.equal(["433 ADA[1] :the nickname is in use"]);
      expect(await ask(other, "NICK BOB")).to.deep.equal([":bob!~x@127.0.0.1 NICK BOB"]);
    }, calm));

  it("gives a name that two have asked for to the first who is ready", () =>
    onIRC(async ({ dial }) => {
      const [first, second] = [await dial(), await dial()];
      say(first, "NICK ada");
      say(second, "NICK ada", "USER b 0 * :B");
      await second.heard(" 001 ");
      say(first, "USER a 0 * :A");
      await first.heard(" 433 ");
      say(first, "NICK ann");
      await first.heard(" 001 ann");
    }));

  it("carries what is said in a channel, and in private", () =>
    onIRC(async ({ join }) => {
      const [ada, bob] = [await join("ada", "#tea"), await join("bob", "#TEA")];
      expect(await news(ada)).to.deep.equal([]);
      expect(ada.lines.at(-2)).to.equal(":bob!~bob@127.0.0.1 JOIN #tea");
      expect(await ask(bob, "PRIVMSG #tea :two cups", "NOTICE Ada :psst")).to.deep.equal([]);
      await ada.heard(":bob!~bob@127.0.0.1 PRIVMSG #tea :two cups");
      await ada.heard(":bob!~bob@127.0.0.1 NOTICE ada psst");
      expect(await ask(ada, "AWAY :brewing")).to.deep.equal(["306 :you are marked as away"]);
      expect(await ask(bob, "PRIVMSG ada :hm")).to.deep.equal(["301 ada brewing"]);
      expect(await ask(bob, "NOTICE ada,nobody,#none :hm", "NOTICE")).to.deep.equal([]);
    }, calm));

  it("answers questions about who is there", () =>
    onIRC(async ({ reactor, join }) => {
      const [ada, bob] = [await join("ada", "#tea"), await join("bob", "#tea")];
      expect(await ask(bob, "NAMES #tea")).to.deep.equal([
        "353 = #tea :@ada bob",
        "366 #tea :end of NAMES",
      ]);
      expect(await ask(bob, "NAMES #none")).to.deep.equal(["366 #none :end of NAMES"]);
      await ask(ada, "TOPIC #tea :green, or black");
      expect(await ask(bob, "LIST")).to.deep.equal([
        "322 #tea 2 :green, or black",
        "323 :end of LIST",
      ]);
      expect(await ask(bob, "WHO #tea")).to.deep.equal([
        "352 #tea ~ada 127.0.0.1 irc.skein ada H@ :0 ada of skein",
        "352 #tea ~bob 127.0.0.1 irc.skein bob H :0 bob of skein",
        "315 #tea :end of WHO",
      ]);
      await deferLater(reactor, 30);
      expect(await ask(bob, "WHOIS ada")).to.deep.equal([
        "311 ada ~ada 127.0.0.1 * :ada of skein",
        "319 ada @#tea",
        "312 ada irc.skein skein",
        "317 ada 30 :seconds idle",
        "318 ada :end of WHOIS",
      ]);
      expect(await ask(bob, "WHOIS :no body")).to.deep.equal([
        "401 no?body :no such nick or channel",
        "318 no?body :end of WHOIS",
      ]);
    }, calm));

  it("has operators, who decide about their channel", () =>
    onIRC(async ({ join }) => {
      const [ada, bob, eve] = [
        await join("ada", "#tea"),
        await join("bob", "#tea"),
        await join("eve"),
      ];
      expect(await ask(bob, "TOPIC #tea :coffee", "KICK #tea ada", "MODE #tea +m")).to.deep.equal(
        Array(3).fill("482 #tea :you are no operator of the channel"),
      );
      expect(await ask(ada, "MODE #tea +mk-t secret", "MODE #tea")).to.deep.equal([
        ":ada!~ada@127.0.0.1 MODE #tea +m+k-t secret",
        "324 #tea +mnk",
      ]);
      expect((await ask(bob, "PRIVMSG #tea :hm")).at(-1)).to.equal(
        "404 #tea :cannot send to the channel",
      );
      await ask(ada, "MODE #tea +v bob", "MODE #tea +o nobody");
      expect((await ask(bob, "PRIVMSG #tea :hm")).at(-1)).to.not.equal(
        "404 #tea :cannot send to the channel",
      );
      expect(await ask(eve, "JOIN #tea", "JOIN #tea wrong")).to.deep.equal(
        Array(2).fill("475 #tea :the channel has another key"),
      );
      expect(await ask(eve, "JOIN #tea secret")).to.include("353 = #tea :@ada +bob eve");
      expect(await ask(ada, "KICK #tea eve :no tea left")).to.include(
        ":ada!~ada@127.0.0.1 KICK #tea eve :no tea left",
      );
      expect(await ask(eve, "PRIVMSG #tea :hm", "PART #tea")).to.deep.equal([
        "404 #tea :cannot send to the channel",
        "442 #tea :you are not in the channel",
      ]);
    }, calm));

  it("says what is wrong, whatever comes, and goes on", () =>
    onIRC(async ({ join }) => {
      const ada = await join("ada");
      const wrong: Record<string, string> = {
        BREW: "421 BREW :unknown command",
        CONSTRUCTOR: "421 CONSTRUCTOR :unknown command",
        JOIN: "461 JOIN :something is missing",
        "JOIN tea": "403 tea :no such channel",
        "JOIN ::x y": "403 ?x?y :no such channel",
        "PART #none": "403 #none :no such channel",
        "KICK #none": "461 KICK :something is missing",
        PRIVMSG: "461 PRIVMSG :something is missing",
        "PRIVMSG ada": "412 :no text to send",
        "PRIVMSG a,b,c,d,e :x": "407 a :too many targets",
        TOPIC: "461 TOPIC :something is missing",
        "MODE bob": "401 bob :no such nick or channel",
        "MODE ada": "221 +",
        "USER a b c d": "462 :you have said who you are",
        AWAY: "305 :you are no longer marked as away",
        [`PRIVMSG ada :${"x".repeat(600)}`]: "417 :the message is too long",
      };
      for (const [line, answer] of Object.entries(wrong)) {
        expect(await ask(ada, line), line).to.deep.equal([answer]);
      }
      expect(await ask(ada, ":only-a-prefix", "", "@tag ", "MODE #x +b")).to.have.length(1);
      for (let i = 0; i < 21; i++) await ask(ada, `JOIN #${i}`);
      expect(await ask(ada, "JOIN #21")).to.deep.equal(["405 #21 :you are in too many channels"]);
    }, calm));

  it("tells who shared a channel, once, that somebody has quit, parted or vanished", () =>
    onIRC(async ({ join }) => {
      const ada = await join("ada", "#tea", "#milk");
      const bob = await join("bob", "#tea", "#milk");
      await ask(ada);
      say(bob, "QUIT :bedtime");
      expect(await bob.heard("ERROR")).to.equal("ERROR :closing: quit: bedtime");
      await bob.ended;
      expect(await news(ada)).to.deep.equal([":bob!~bob@127.0.0.1 QUIT :quit: bedtime"]);
      const eve = await join("eve", "#tea");
      eve.abort();
      expect(await ada.heard(/^:eve.*QUIT/)).to.include("reset by the peer");
      expect(await ask(ada, "PART #tea :bye", "LIST")).to.deep.equal([
        ":ada!~ada@127.0.0.1 PART #tea bye",
        "322 #milk 1 :",
        "323 :end of LIST",
      ]);
    }, calm));

  it("lets who talks too fast wait, and loses nothing", () =>
    onIRC(async ({ reactor, join }) => {
      const [ada, bob] = [await join("ada"), await join("bob")];
      const before = reactor.seconds();
      for (let i = 0; i < 30; i++) say(ada, `PRIVMSG bob ${i}`);
      await bob.heard(/PRIVMSG bob 5$/);
      expect(reactor.seconds() - before).to.equal(0);
      await bob.heard(/PRIVMSG bob 29$/, 100);
      expect(reactor.seconds() - before).to.be.within(20, 25);
      expect(bob.lines.filter((line) => line.includes("PRIVMSG"))).to.have.length(30);
    }));

  it("lets go who never says who they are", () =>
    onIRC(async ({ reactor, dial }) => {
      const nobody = await dial();
      expect(await nobody.heard("ERROR", 100)).to.include("you have not said who you are");
      await nobody.ended;
      expect(reactor.seconds()).to.equal(30);
    }));

  it("asks who is silent, and lets go who does not answer: others hear it from a cut-off net", () =>
    onIRC(
      async ({ reactor, dial, join }) => {
        const ada = await join("ada", "#tea");
        const far = await dial("10.0.0.5");
        say(far, "NICK far", "USER far 0 * :Far", "JOIN #tea");
        await far.heard(" 366 ");

        reactor.partition({ host: "10.0.0.5" });
        for (let i = 0; i < 5; i++) {
          await deferLater(reactor, 60);
          say(ada, `PRIVMSG #tea ${i}`);
        }
        expect(await ada.heard(/^:far.*QUIT/)).to.include("ping timeout: 120 seconds");
        expect(
          (await ask(ada, "WHO #tea")).filter((line) => line.startsWith("352")),
        ).to.have.length(1);
        reactor.heal();
        // The reset was lost with the net: who was away learns of it by talking.
        say(far, "PING :hello?");
        await far.ended;
        const again = await join("far", "#tea");
        expect(await ask(again, "NAMES #tea")).to.include("353 = #tea :@ada far");
      },
      { ...calm, host: "0.0.0.0" },
    ));

  it("keeps who answers", () =>
    onIRC(async ({ reactor, join }) => {
      const ada = await join("ada");
      for (let i = 0; i < 10; i++) {
        expect(await ada.heard("PING", 200)).to.equal("PING irc.skein");
        say(ada, "PONG irc.skein");
      }
      expect(reactor.seconds()).to.equal(1200);
      expect(await news(ada)).to.deep.equal([]);
    }));

  it("drops who does not read, and nobody else waits for them", () =>
    onIRC(async ({ join }) => {
      const [ada, bob, slow] = [
        await join("ada", "#tea"),
        await join("bob", "#tea"),
        await join("slow", "#tea"),
      ];
      slow.pauseProducing();
      for (let i = 0; i < 1000; i++) say(ada, `PRIVMSG #tea :${"x".repeat(400)} ${i}`);
      await bob.heard(/x 999$/);
      expect(await ada.heard(/^:slow.*QUIT/)).to.include("reads too slowly");
    }, calm));

  it("takes no more people than it may", () =>
    onIRC(
      async ({ dial, join }) => {
        await join("ada");
        await (
          await dial()
        ).ended;
      },
      { ...calm, maxUsers: 1 },
    ));

  it("does the same again with the same seed, in any weather", async () => {
    const run = async (seed: number): Promise<string[]> => {
      const heard: string[] = [];
      await onIRC(
        async ({ reactor, join }) => {
          const people = [
            await join("ada", "#tea"),
            await join("bob", "#tea"),
            await join("eve", "#tea"),
          ];
          for (let i = 0; i < 20; i++) say(people[i % 3] as LineClient, `PRIVMSG #tea :line ${i}`);
          await deferLater(reactor, 60);
          for (const person of people) heard.push(...person.lines);
        },
        {},
        { seed, segments: "seeded", latency: [0.001, 0.05] },
      );
      expect(heard.filter((line) => line.includes("PRIVMSG"))).to.have.length(40);
      return heard;
    };
    for (let seed = 0; seed < 10; seed++) expect(await run(seed)).to.deep.equal(await run(seed));
  });

  it("can be looked into", () =>
    onIRC(
      async ({ reactor, join }) => {
        await join("ada", "#tea");
        const operator = await Operator.unix(reactor, "/run/irc.manhole");
        await operator.until(">>> ");
        expect(await operator.ask("[...server.users].map(({ nick }) => nick)")).to.equal(
          "[ 'ada' ]",
        );
      },
      { manhole: "/run/irc.manhole" },
    ));
});
