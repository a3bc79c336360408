/**
 * Any reporter of mocha's, which also leaves the numbers of the run in a file: our parent prints
 * them as the very last line, after whatever the tests write at their end.
 */
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

const { SKEIN_TEST_REPORTER: inner = "spec", SKEIN_TEST_COUNTS: countsFile } = process.env;

export default class CountingReporter extends Mocha.reporters[inner] {
  constructor(runner, options) {
    super(runner, options);
    let complete = false;
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => (complete = true));
    // At the exit rather than at the end of the run: a test that ends the process must not hide
    // those that ran before it, nor that others did not run.
    process.once("exit", () => {
      const { passes: passed, failures: failed } = runner.stats;
      writeFileSync(countsFile, JSON.stringify({ passed, failed, complete }));
    });
  }
}
