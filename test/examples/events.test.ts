import { expect } from "chai";
import { EventBus } from "../../examples/events/event-bus.ts";
import { main } from "../../examples/events/events.ts";
import { reactorTests } from "skein/testing/mocha";

const test = reactorTests({ backends: ["libuv", "clock"] });

describe("the example of events", () => {
  test("does its six things", async (reactor) => {
    const lines: string[] = [];
    await main(reactor, (line) => lines.push(line));
    expect(lines).to.deep.equal([
      ...Array.from({ length: 10 }, (_, n) => `hello ${n + 1}`),
      "the light changes: Sunrise",
      "rooster: cock-a-doodle-doo",
      "the diary: Sunrise",
      "the baker: bread is ready",
      "the light changes: Sunset",
      "the diary: Sunset",
      "the diary: Echo",
      '["a",1,true]',
    ]);
  });

  test("goes on when a handler fails", async (reactor, { flushErrors }) => {
    class Ping {
      readonly times = 1;
    }
    const bus = new EventBus(reactor);
    bus.on(Ping, () => {
      throw new RangeError("no");
    });
    bus.on(Ping, () => "pong");
    expect(await bus.fire(new Ping())).to.deep.equal([undefined, "pong"]);
    expect(flushErrors(RangeError)).to.have.length(1);
  });
});
