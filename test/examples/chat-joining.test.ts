import { expect } from "chai";
import { chatTest } from "../support/chat-party.ts";

describe("the chat: joining", () => {
  chatTest("asks for a name, greets, and tells who is here", async ({ guest }) => {
    const ann = await guest();
    expect(await ann.heard("")).to.equal("* welcome! what is your name?");
    ann.say("ann");
    expect(await ann.heard("")).to.equal("* hello ann! here: ann");
    expect(await ann.heard("")).to.equal("* /who, /msg NAME TEXT, /hash TEXT, /quit");

    const bob = await guest();
    bob.say("bob");
    expect(await bob.heard("hello")).to.equal("* hello bob! here: ann, bob");
  });

  chatTest("tells the others, once", async ({ join }) => {
    const ann = await join("ann");
    const bob = await join("bob");
    ann.say("hello bob");
    await bob.heard("<ann> hello bob");
    bob.say("hello ann");
    await ann.heard("<bob> hello ann");
    expect(ann.lines.slice(3)).to.deep.equal(["* bob joins", "<bob> hello ann"]);
    expect(bob.lines.slice(3)).to.deep.equal(["<ann> hello bob"]);
  });

  chatTest("refuses a name that is taken, until it is free", async ({ guest, join }) => {
    const ann = await join("ann");
    const late = await guest();
    late.say("ann");
    await late.heard("* ann is here already; what is your name?");
    ann.say("/quit");
    await ann.ended;
    // Nobody tells those who are not in yet: ask again until the name is free.
    late.say("ann");
    await late.heard("* hello ann! here: ann");
  });

  for (const bad of ["", "with space", "toolong_toolong_1", "semi;colon", "é"]) {
    chatTest(`refuses the name "${bad}"`, async ({ guest }) => {
      const someone = await guest();
      someone.say(bad);
      await someone.heard("* a name is 1 to 16 letters, digits and _; what is yours?");
      someone.say("good_name_16_chr");
      await someone.heard("* hello good_name_16_chr!");
    });
  }

  chatTest("does not tell those who have not joined", async ({ guest, join }) => {
    const nobody = await guest();
    await nobody.heard("* welcome!");
    const ann = await join("ann");
    const bob = await join("bob");
    ann.say("secret");
    await bob.heard("secret");
    nobody.say("joe");
    await nobody.heard("* hello joe!");
    expect(nobody.lines.slice(0, 2)).to.deep.equal([
      "* welcome! what is your name?",
      "* hello joe! here: ann, bob, joe",
    ]);
  });
});
