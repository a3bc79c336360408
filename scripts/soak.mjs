/**
 * Holds and serves ten thousand connections at a time, and throws long runs of random operations at
 * connections: what takes too long for `npm test`. All arguments go to mocha.
 */
import { runApart } from "./lib/run-apart.mjs";
import { prepareOrExit } from "./prepare.mjs";

/** The most that one test may take; one that hangs ends the run all the same. */
const TIMEOUT_MS = 90_000;

await prepareOrExit();
process.exitCode = await runApart(
  ["soak", "*.soak.ts"],
  ["--timeout", String(TIMEOUT_MS), "--exit", ...process.argv.slice(2)],
);
