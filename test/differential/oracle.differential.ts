import { expect } from "chai";
import { fire, program } from "./building.ts";
import { NoAnswerError, Oracle } from "./oracle.ts";

describe("the oracle", () => {
  const one = program(1, fire(0));
  const answer = [{ trace: ["d0 called: true", "d0 left: 1"], cut: null }];

  it("answers questions in their order", async () => {
    await using oracle = new Oracle();
    const answers = await Promise.all([oracle.ask([]), oracle.ask([one]), oracle.ask([one, one])]);
    expect(answers).to.deep.equal([[], answer, [...answer, ...answer]]);
  });

  it("that is not done in time is ended, and does not keep another from answering", async () => {
    await using oracle = new Oracle();
    const late = oracle.ask([one], { timeoutMs: 0 });
    const behind = oracle.ask([one]);
    const outcomes = await Promise.allSettled([late, behind]);
    for (const outcome of outcomes) {
      expect(outcome).to.have.property("reason").that.is.instanceOf(NoAnswerError);
    }
    expect(await oracle.ask([one])).to.deep.equal(answer);
  });
});
