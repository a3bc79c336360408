/**
 * Throws random bytes at every parser: the tests that say "(fuzz)", with more inputs than
 * `npm test` has time for. How many for each is told by FUZZ_RUNS in the environment; 100,000
 * unless given. All arguments go to mocha.
 */
import { runApart } from "./lib/run-apart.mjs";
import { prepareOrExit } from "./prepare.mjs";

process.env.FUZZ_RUNS ??= "100000";

await prepareOrExit();
process.exitCode = await runApart(
  ["{protocols,endpoints,web}", "**", "*.test.ts"],
  ["--grep", "\\(fuzz\\)", ...process.argv.slice(2)],
);
