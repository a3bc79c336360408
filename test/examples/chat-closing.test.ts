import { expect } from "chai";
import { createReactor } from "skein";
import { chatTest, MORE_SETTINGS, openChat } from "../support/chat-party.ts";
import { dialRaw } from "../support/guests.ts";

describe("the chat: closing", () => {
  chatTest(
    "all are told, and disconnected",
    async ({ reactor, guest, join, stop }) => {
      const guests = [await join("ann"), await join("bob"), await join("cid")];
      const nobody = await guest();
      await nobody.heard("* welcome!");
      // Guests on the chat's own reactor are disconnected with it: let them hear it out.
      const told = Promise.all(guests.map((someone) => someone.heard("* the chat closes")));
      reactor.addSystemEventTrigger("before", "shutdown", () => told);
      await stop();
      await Promise.all([...guests, nobody].map((someone) => someone.ended));
      expect(guests.map((someone) => someone.lines.at(-1))).to.deep.equal([
        "* the chat closes",
        "* the chat closes",
        "* the chat closes",
      ]);
      expect(nobody.lines).to.deep.equal(["* welcome! what is your name?"]);
    },
    MORE_SETTINGS,
  );

  it("nobody is let in any more (libuv, with sockets)", async () => {
    const { guest, join, stop } = await openChat(createReactor("libuv"), dialRaw);
    await join("ann");
    await stop();
    const refused = await guest().catch((error: unknown) => error);
    expect(refused).to.include({ code: "ECONNREFUSED" });
  });
});
