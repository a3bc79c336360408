import { createHash } from "node:crypto";
import { chatTest } from "../support/chat-party.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the chat: /hash", () => {
  chatTest("answers who asked", async ({ join }) => {
    const ann = await join("ann");
    ann.say("/hash two words");
    await ann.heard(`* sha256 ${sha256("two words")}`);
  });

  chatTest("answers many, each with their own", async ({ join }) => {
    const guests = await Promise.all(["ann", "bob", "cid", "dora", "eve"].map(join));
    guests.forEach((guest, i) => guest.say(`/hash ${i}`));
    await Promise.all(guests.map((guest, i) => guest.heard(sha256(String(i)))));
  });

  chatTest("survives that who asked has left", async ({ join }) => {
    const [ann, bob] = [await join("ann"), await join("bob")];
    ann.send("/hash for nobody\n/quit\n");
    await bob.heard("* ann leaves");
    bob.say("/hash for bob");
    await bob.heard(sha256("for bob"));
  });
});
