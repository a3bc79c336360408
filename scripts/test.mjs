/**
 * Runs the tests with mocha and closes with one line that other programs can read:
 * `N passed, N failed`. All arguments go to mocha: `npm test -- --grep heap`, or names of files.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configWithoutSpec, namesFiles, takeReporter } from "./lib/mocha-arguments.mjs";
import { binOf, inRoot } from "./lib/paths.mjs";
import { runAttached } from "./lib/run.mjs";
import { prepareOrExit } from "./prepare.mjs";

await prepareOrExit();

const scratch = mkdtempSync(join(tmpdir(), "skein-test-"));
const countsFile = join(scratch, "counts.json");
const { reporter, rest } = takeReporter(process.argv.slice(2));

let status = await runAttached(
  [
    binOf("mocha"),
    ...(namesFiles(rest) ? configWithoutSpec(scratch) : []),
    "--reporter",
    inRoot("scripts", "lib", "counting-reporter.mjs"),
    ...rest,
  ],
  { env: { ...process.env, SKEIN_TEST_REPORTER: reporter, SKEIN_TEST_COUNTS: countsFile } },
);
const counts = readCounts();
rmSync(scratch, { recursive: true, force: true });

if (!counts.complete || (status !== 0 && counts.failed === 0)) {
  // Not a failed assertion, but a test file that did not load, or a test that ended the process.
  console.error(`The run was broken off (mocha, status ${status}).`);
  counts.failed = Math.max(counts.failed, 1);
  status ||= 1;
} else if (counts.passed + counts.failed === 0) {
  console.error("No test was executed.");
  status = 1;
}
// The line break before it: some reporters end without one.
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = status;

function readCounts() {
  try {
    return JSON.parse(readFileSync(countsFile, "utf8"));
  } catch {
    // mocha ended before it had a reporter, or was killed.
    return { passed: 0, failed: 0, complete: false };
  }
}
