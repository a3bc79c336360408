import { expect } from "chai";
import { playCatch } from "../../examples/tasklets/tasklets.ts";
import { runExample } from "../support/run-example.ts";

describe("tasklets in threads", () => {
  for (const backend of ["libuv", "clock"] as const) {
    it(`each of them catches the ball in each round (${backend})`, async () => {
      expect(await runExample(backend, playCatch)).to.deep.equal([
        "thread 1: 200 tasklets caught 1000",
        "thread 2: 200 tasklets caught 1000",
        "thread 3: 200 tasklets caught 1000",
      ]);
    });
  }

  it("play in a circle of one thread and one tasklet, too (clock)", async () => {
    const alone = { threads: 1, tasklets: 1, rounds: 3 };
    expect(
      await runExample("clock", (reactor, print) => playCatch(reactor, print, alone)),
    ).to.deep.equal(["thread 1: 1 tasklets caught 3"]);
  });
});
