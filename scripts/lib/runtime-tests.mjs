/**
 * Runs one test file in whatever runtime it is started with, and leaves the counts in another file:
 * `RUNTIME runtime-tests.mjs TESTS COUNTS`. mocha's own command wants to start Node.
 */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import Mocha from "mocha";
import { inRoot } from "./paths.mjs";

const [tests, countsFile] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, failures: [] };

function fail(title, error) {
  counts.failed++;
  counts.failures.push(`${title}: ${String(error?.stack ?? error)}`);
}

function end() {
  writeFileSync(countsFile, JSON.stringify(counts));
  // Whatever the tests have left open.
  process.exit(0);
}

const mocha = new Mocha({ timeout: 20_000, reporter: Mocha.reporters.Base });
const load = (file) => import(pathToFileURL(inRoot(file)).href);
mocha.suite.emit("pre-require", globalThis, tests, mocha);
try {
  mocha.rootHooks((await load("test/support/root-hooks.ts")).mochaHooks);
  await load(tests);
} catch (error) {
  fail("it cannot be loaded", error);
  end();
}
mocha
  .run(end)
  .on("pass", () => counts.passed++)
  .on("fail", (test, error) => fail(test.fullTitle(), error));
