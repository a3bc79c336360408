import { expect } from "chai";
import { chatTest } from "../support/chat-party.ts";

const FLOOD_BYTES = 10 * 1024 * 1024;
const LINE = "x".repeat(999);
/** Few enough to fit into the buffer of a guest who reads. */
const LINES_AT_A_TIME = 100;
/** The system's own buffers take some megabytes before a slow reader is felt. */
const ROUNDS_MAX = 200;

describe("the chat: limits", () => {
  chatTest("a guest who sends ten megabytes without a line end is dropped", async ({ join }) => {
    const [ann, bob, eve] = [await join("ann"), await join("bob"), await join("eve")];
    eve.send("y".repeat(FLOOD_BYTES));
    ann.say("anything new?");
    await bob.heard("<ann> anything new?");
    await ann.heard("* eve leaves");
    // Which comes first is for the network to say.
    if (!bob.lines.includes("* eve leaves")) await bob.heard("* eve leaves");
    await eve.ended;
    bob.say("no");
    await ann.heard("<bob> no");
    expect([...ann.lines, ...bob.lines].join()).not.to.include("yyy");
  });

  chatTest("a line of 1024 bytes is taken, one byte more is not", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    ann.say("z".repeat(1024));
    await bob.heard(`<ann> ${"z".repeat(1024)}`);
    ann.say("z".repeat(1025));
    await ann.heard("* that line is too long: 1024 bytes at most");
    await bob.heard("* ann leaves");
  });

  chatTest("a guest who never reads is dropped, and the others chat on", async ({ join }) => {
    const [ann, bob, slow] = [await join("ann"), await join("bob"), await join("slow")];
    slow.pause();
    let rounds = 0;
    while (!bob.lines.includes("* slow leaves")) {
      expect(++rounds).to.be.lessThan(ROUNDS_MAX);
      ann.send(`${LINE}\n`.repeat(LINES_AT_A_TIME));
      ann.say(`round ${rounds}`);
      await bob.heard(`<ann> round ${rounds}`);
    }
    bob.say("/who");
    await bob.heard("* here: ann, bob");
    expect(bob.lines.filter((line) => line === `<ann> ${LINE}`)).to.have.length(
      rounds * LINES_AT_A_TIME,
    );
  });
});
