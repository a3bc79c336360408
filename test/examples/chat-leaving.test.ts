import { expect } from "chai";
import { chatTest } from "../support/chat-party.ts";

describe("the chat: leaving", () => {
  chatTest("/quit says goodbye, and the others are told", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    ann.say("/quit");
    await ann.heard("* goodbye");
    await ann.ended;
    await bob.heard("* ann leaves");
    bob.say("/who");
    await bob.heard("* here: bob");
  });

  chatTest("nothing that is said after /quit is heard", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    ann.send("/quit\nand another thing\n");
    await bob.heard("* ann leaves");
    expect(bob.lines.join()).not.to.include("another thing");
  });

  chatTest("a guest whose connection breaks in mid-line leaves", async ({ join }) => {
    const [ann, bob, cid] = [await join("ann"), await join("bob"), await join("cid")];
    ann.send("I was just about to s");
    bob.say("pardon?");
    await ann.heard("<bob> pardon?");
    ann.abort();
    await bob.heard("* ann leaves");
    await cid.heard("* ann leaves");
    bob.say("gone");
    await cid.heard("<bob> gone");
    expect(cid.lines.join()).not.to.include("about to");
  });

  chatTest("who has not joined leaves unnoticed", async ({ guest, join }) => {
    const ann = await join("ann");
    const nobody = await guest();
    nobody.abort();
    await nobody.ended;
    const bob = await join("bob");
    bob.say("hello");
    await ann.heard("<bob> hello");
    expect(ann.lines.slice(3)).to.deep.equal(["* bob joins", "<bob> hello"]);
  });
});
