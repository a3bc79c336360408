import { expect } from "chai";
import { chatTest, MORE_SETTINGS } from "../support/chat-party.ts";

describe("the chat: talking", () => {
  chatTest(
    "takes a line to all the others",
    async ({ join }) => {
      const [ann, bob, cid] = [await join("ann"), await join("bob"), await join("cid")];
      bob.say("good morning");
      await ann.heard("<bob> good morning");
      await cid.heard("<bob> good morning");
      cid.say("bob?");
      await bob.heard("<cid> bob?");
      expect(bob.lines).not.to.include("<bob> good morning");
    },
    MORE_SETTINGS,
  );

  chatTest("keeps the order of what one guest says", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    const said = Array.from({ length: 200 }, (_, i) => `line ${i}`);
    ann.send(said.map((line) => `${line}\n`).join(""));
    await bob.heard("line 199");
    expect(bob.lines.slice(-200)).to.deep.equal(said.map((line) => `<ann> ${line}`));
  });

  chatTest("takes lines that come in pieces, and lines that end as telnet's do", async (party) => {
    const [ann, bob] = [await party.join("ann"), await party.join("bob")];
    ann.send("in pie");
    bob.say("wait");
    await ann.heard("<bob> wait");
    ann.send("ces\r\nand again\r\n");
    expect(await bob.heard("in")).to.equal("<ann> in pieces");
    expect(await bob.heard("and")).to.equal("<ann> and again");
  });

  chatTest("passes on no empty line", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    ann.send("\n   \r\n\nsomething\n");
    await bob.heard("something");
    expect(bob.lines.slice(3)).to.deep.equal(["<ann> something"]);
  });

  chatTest("takes text of any language", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    ann.say("grüß dich, 世界 🧶");
    await bob.heard("<ann> grüß dich, 世界 🧶");
  });

  chatTest("/who tells who is here", async ({ join }) => {
    const [ann] = [await join("ann"), await join("bob"), await join("cid")];
    ann.say("/who");
    await ann.heard("* here: ann, bob, cid");
  });

  chatTest("/msg goes to one only", async ({ join }) => {
    const [ann, bob, cid] = [await join("ann"), await join("bob"), await join("cid")];
    ann.say("/msg bob just  for you");
    await bob.heard("[ann] just  for you");
    ann.say("for all");
    await cid.heard("for all");
    expect(cid.lines.slice(3)).to.deep.equal(["<ann> for all"]);
  });

  chatTest("/msg to somebody who is not here says so", async ({ join }) => {
    const ann = await join("ann");
    ann.say("/msg zoe hello");
    await ann.heard("* zoe is not here");
  });

  chatTest("an unknown command lists the commands", async ({ join }) => {
    const ann = await join("ann");
    const help = "* /who, /msg NAME TEXT, /hash TEXT, /quit";
    await ann.heard(help);
    ann.say("/dance");
    await ann.heard(help);
  });
});
