import { expect } from "chai";
import { getProcessOutput } from "skein";
import { onLibuv } from "../support/processes.ts";

const RUNS = 1000;
const AT_ONCE = 8;
const TEXT = "0123456789".repeat(2000);

describe("a thousand short processes", () => {
  it("lose not one byte of 20 kB each through pipes", () =>
    onLibuv(async (reactor) => {
      let runs = 0;
      const work = async (): Promise<void> => {
        while (runs < RUNS) {
          runs++;
          const output = await getProcessOutput(reactor, "/bin/echo", { args: [TEXT] });
          expect(output.length).to.equal(TEXT.length + 1);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect(runs).to.equal(RUNS);
    }));
});
