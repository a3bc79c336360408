/**
 * Runs the tests with mocha and closes with one line that other programs can read:
 * `N passed, N failed`. All arguments go to mocha: `npm test -- --grep heap`, or names of files.
 *
 * All of them together are run by as many processes as there are cores, and then, one by one, those
 * that want the machine for themselves. SKEIN_TEST_JOBS says how many processes: 1 is mocha as it
 * is.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import {
  configWithoutSpec,
  namesFiles,
  onlySelects,
  takeReporter,
} from "./lib/mocha-arguments.mjs";
import { binOf, inRoot } from "./lib/paths.mjs";
import { runAttached } from "./lib/run.mjs";
import { ALONE, together } from "./lib/test-groups.mjs";
import { prepareOrExit } from "./prepare.mjs";

/** More than these only get into each other's way. */
const JOBS_MAX = 4;

await prepareOrExit();

const scratch = mkdtempSync(join(tmpdir(), "skein-test-"));
const countsFile = join(scratch, "counts.json");
const { reporter, rest } = takeReporter(process.argv.slice(2));
const jobs = Number(process.env.SKEIN_TEST_JOBS ?? Math.min(availableParallelism(), JOBS_MAX));

const total = { passed: 0, failed: 0 };
let status = 0;
for (const args of runs()) {
  const ended = await runMocha(args);
  total.passed += ended.passed;
  total.failed += ended.failed;
  status ||= ended.status;
}
rmSync(scratch, { recursive: true, force: true });
if (total.passed + total.failed === 0) {
  console.error("No test was executed.");
  status ||= 1;
}
// The line break before it: some reporters end without one.
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = status;

/** The arguments of each run of mocha. */
function runs() {
  if (namesFiles(rest)) return [[...configWithoutSpec(scratch), ...rest]];
  // Some options of mocha's are only for one process, such as --watch and --bail.
  if (!(jobs > 1) || !onlySelects(rest)) return [rest];
  const config = configWithoutSpec(scratch);
  const hooks = inRoot("test", "support", "hooked-globals.ts");
  const many = ["--require", "/tmp/h/quick/measure.mjs", "--parallel", "--jobs", String(jobs), "--require", hooks];
  return [
    [...config, ...many, ...rest, ...together()],
    [...config, "--require", "/tmp/h/quick/measure.mjs", ...rest, ...ALONE],
  ];
}

async function runMocha(args) {
  rmSync(countsFile, { force: true });
  const ended = await runAttached(
    [binOf("mocha"), "--reporter", inRoot("scripts", "lib", "counting-reporter.mjs"), ...args],
    { env: { ...process.env, SKEIN_TEST_REPORTER: reporter, SKEIN_TEST_COUNTS: countsFile } },
  );
  const { passed, failed, complete } = readCounts();
  if (complete && (ended === 0 || failed > 0)) return { status: ended, passed, failed };
  // Not a failed assertion, but a test file that did not load, or a test that ended the process.
  console.error(`The run was broken off (mocha, status ${ended}).`);
  return { status: ended || 1, passed, failed: Math.max(failed, 1) };
}

function readCounts() {
  try {
    return JSON.parse(readFileSync(countsFile, "utf8"));
  } catch {
    // mocha ended before it had a reporter, or was killed.
    return { passed: 0, failed: 0, complete: false };
  }
}
