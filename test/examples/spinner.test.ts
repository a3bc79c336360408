import { expect } from "chai";
import { supervise } from "../../examples/spinner/spinner.ts";
import { deferLater } from "skein/task";
import { runExample } from "../support/run-example.ts";

const FRAMES = ["|", "/", "-", "\\"].map((frame) => `\r${frame} thinking!`);
const DONE = "\rComputation done\n";

describe("the spinner", () => {
  it("turns for three seconds, in no time (clock)", async () => {
    let answer = 0;
    let seconds = 0;
    const drawn = await runExample("clock", async (reactor, draw) => {
      answer = await supervise(reactor, draw);
      seconds = reactor.seconds();
    });
    expect([answer, seconds]).to.deep.equal([42, 3]);
    expect(drawn.pop()).to.equal(DONE);
    expect(drawn).to.have.length.within(30, 31);
    expect(drawn).to.deep.equal(drawn.map((_, at) => FRAMES[at % 4]));
  });

  for (const substrate of ["processes", "threads"] as const) {
    it(`turns beside a job, and ends with it, in ${substrate}`, async () => {
      let turned = (): void => {};
      const drawn = await runExample("libuv", (reactor, draw) => {
        let frames = 0;
        const job = (): PromiseLike<number> =>
          new Promise((resolve) => {
            turned = () => ++frames === 5 && resolve(7);
          });
        const watch = (text: string): void => {
          draw(text);
          turned();
        };
        return supervise(reactor, watch, job, substrate);
      });
      expect(drawn.slice(0, 5)).to.deep.equal([...FRAMES, FRAMES[0]]);
      expect(drawn.pop()).to.equal(DONE);
    });
  }

  it("ends when the job fails, too (clock)", async () => {
    let error: unknown;
    const drawn = await runExample("clock", async (reactor, draw) => {
      const failing = supervise(reactor, draw, () =>
        deferLater(reactor, 1, () => {
          throw new RangeError("too hard");
        }),
      );
      await failing.catch((thrown: unknown) => (error = thrown));
      await deferLater(reactor, 5, () => {});
    });
    expect(error).to.be.instanceOf(RangeError);
    expect(drawn.at(-1)).to.equal(DONE);
  });
});
