import { expect } from "chai";
import { agrees, traceOf } from "./compare.ts";
import { DEPARTURES } from "./departures.ts";
import { type Answer, Oracle } from "./oracle.ts";
import type { Program } from "./program.ts";

/** Without the repetitions of a recursion. */
const collapse = (trace: readonly string[]): string[] =>
  trace.filter((event, i) => event !== trace[i - 1]);

describe("the departures from Twisted", () => {
  let oracle: Oracle;
  before(() => void (oracle = new Oracle()));
  after(() => oracle[Symbol.asyncDispose]());

  async function ask(program: Program, options?: { raw: boolean }): Promise<Answer> {
    const [answer] = await oracle.ask([program], options);
    return answer as Answer;
  }

  for (const { name, handled, program, twisted, here } of DEPARTURES) {
    it(`${name} (${handled})`, async () => {
      const ours = traceOf(program);
      const raw = await ask(program, { raw: true });
      expect(ours).to.deep.equal(here);
      expect(collapse(raw.trace)).to.deep.equal(twisted);
      expect(twisted).not.to.deep.equal(here);

      const answer = await ask(program);
      expect(answer.cut).to.equal(handled === "cut" ? name : null);
      expect(agrees(ours, answer)).to.equal(handled !== "avoided");
    });
  }
});
