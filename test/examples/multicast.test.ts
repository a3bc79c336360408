import { expect } from "chai";
import { ClockWorld, createReactor, type Reactor } from "skein";
import receiver from "../../examples/multicast/receiver.ts";
import sender from "../../examples/multicast/sender.ts";
import { printedBy } from "../support/printed-by.ts";

type Clock = Reactor<"multicast">;

describe("the multicast example", () => {
  it("has all receivers hear the sender, on one reactor", async () => {
    const reactor = createReactor("clock");
    const printed = await printedBy(async () => {
      await reactor.advance(0);
      receiver(reactor);
      receiver(reactor);
      await reactor.advance(0);
      sender(reactor);
      await reactor.advance(1.5);
    });
    const heard = ["127.0.0.1: 0 s", "127.0.0.1: 1 s"];
    expect(printed)
      .to.have.members([...heard, ...heard])
      .and.length(4);
  });

  it("stops the clockwork of the sender with its port", async () => {
    const reactor = createReactor("clock");
    await reactor.advance(0);
    sender(reactor);
    await reactor.advance(10);
    reactor.stop();
    await reactor.advance(10);
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("goes on for those who stay when one leaves", async () => {
    const world = new ClockWorld();
    const make = (): Clock => createReactor("clock", { world });
    const [first, second, third] = [make(), make(), make()];
    const printed = await printedBy(async () => {
      const stopped = [first, second, third].map((reactor) => reactor.run());
      await receiver(first);
      await receiver(second);
      await sender(third);
      third.callLater(1.5, () => first.stop());
      third.callLater(2.5, () => second.stop());
      third.callLater(2.6, () => third.stop());
      await Promise.all(stopped);
    });
    expect(printed).to.deep.equal(
      ["0 s", "0 s", "1 s", "1 s", "2 s"].map((text) => `127.0.0.1: ${text}`),
    );
  });
});
