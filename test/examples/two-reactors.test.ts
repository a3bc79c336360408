import { expect } from "chai";
import { ClockWorld, createReactor, type Reactor } from "skein";
import { run } from "../../examples/two-reactors/two-reactors.ts";

describe("two reactors under one", () => {
  async function printedOn(...reactors: Reactor[]): Promise<string[]> {
    const printed: string[] = [];
    await run(reactors, 3, 0.01, (line) => printed.push(line));
    expect(reactors.map(({ running }) => running)).to.deep.equal(reactors.map(() => false));
    return printed;
  }

  it("run the same code, on libuv and on timers", async () => {
    const printed = await printedOn(createReactor("libuv"), createReactor("timer"));
    expect(printed.filter((line) => line.startsWith("0"))).to.deep.equal([
      "0: 1 on libuv",
      "0: 2 on libuv",
      "0: 3 on libuv",
    ]);
    expect(printed.filter((line) => line.startsWith("1"))).to.have.length(3);
  });

  it("run the same code in one virtual time, beat for beat", async () => {
    const world = new ClockWorld();
    const [one, other] = [createReactor("clock", { world }), createReactor("clock", { world })];
    expect(await printedOn(one, other)).to.deep.equal(
      [1, 2, 3].flatMap((beat) => [`0: ${beat} on clock`, `1: ${beat} on clock`]),
    );
    expect(world.seconds()).to.equal(0.02);
  });

  it("end together when one of them crashes", async () => {
    const [one, other] = [createReactor("timer"), createReactor("timer")];
    await run([one, other], 1000, 0.01, () => other.running && other.crash());
    expect(one.running).to.equal(false);
  });
});
