import { expect } from "chai";
import { runFixture } from "../support/attempts.ts";

describe("a pool that can start no worker", function () {
  // Most of it is what a process needs to load the sources.
  this.timeout(60_000);

  it("fails its calls when there are too many threads", async function () {
    if (process.platform !== "linux" || process.getuid?.() !== 0) this.skip();
    const error =
      "CannotStartWorkerError: cannot start a worker: there are too many processes or threads";
    const outcomes = { errors: [error, error], workers: 0, queued: 0 };
    expect(await runFixture("few-threads.ts", "")).to.deep.equal(outcomes);
  });

  for (const substrate of ["threads", "processes"] as const) {
    it(`has no descriptors: fails its calls, goes on when it has, in ${substrate}`, async () => {
      const { without, ...others } = await runFixture("few-workers.ts", substrate);
      const error =
        "CannotStartWorkerError: cannot start a worker: " +
        "too many files are open; raise the limit (ulimit -n)";
      expect(others).to.deep.equal({
        errors: Array.from({ length: 3 }, () => `${error} ERR_CANNOT_START_WORKER EMFILE`),
        lost: [error],
        together: [2, 4],
        exitcode: 1,
        again: [4, 5],
        reported: [error],
      });
      expect(without).to.include({ workers: 0, working: 0, queued: 0, lost: 0 });
    });
  }
});
