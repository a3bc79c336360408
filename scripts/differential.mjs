/**
 * Compares Deferreds with those of the real Twisted, on generated programs. How many, and which,
 * is told by DIFFERENTIAL_PROGRAMS, DIFFERENTIAL_SEED and DIFFERENTIAL_PATH in the environment.
 * Needs Debian's python3-twisted. All arguments go to mocha.
 */
import { run } from "./lib/run.mjs";
import { runApart } from "./lib/run-apart.mjs";
import { prepareOrExit } from "./prepare.mjs";

const PYTHON = "/usr/bin/python3";

if (!(await hasTwisted())) {
  console.error(`${PYTHON} has no twisted (Debian: python3-twisted); there is nothing to compare.`);
  process.exit(process.env.CI ? 1 : 0);
}
await prepareOrExit();
process.exitCode = await runApart(["differential", "*.differential.ts"], process.argv.slice(2));

async function hasTwisted() {
  try {
    const { status } = await run(PYTHON, ["-c", "import twisted.internet.defer"]);
    return status === 0;
  } catch {
    // There is no Python.
    return false;
  }
}
