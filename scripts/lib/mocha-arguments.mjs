import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.mjs";

/** Options that take the next argument, so that it is not mistaken for a test file. */
const WITH_VALUE = /^(-[a-zA-Z]|--[a-z-]+)$/;
const REPORTER = /^(?:-R|--reporter)(?:=(.*))?$/;

/**
 * Splits a user's arguments into the name of a reporter and the rest for mocha, whose own reporter
 * option can be given only once and is taken by ours.
 */
export function takeReporter(args) {
  const rest = [...args];
  const at = rest.findIndex((arg) => REPORTER.test(arg));
  if (at === -1) return { reporter: "spec", rest };
  const inline = REPORTER.exec(rest[at])[1];
  const taken = rest.splice(at, inline === undefined ? 2 : 1);
  return { reporter: inline ?? taken[1], rest };
}

/** Whether a user named test files: `npm test -- test/defer/lock.test.ts`. */
export function namesFiles(args) {
  return args.some((arg, i) => arg.endsWith(".ts") && !WITH_VALUE.test(args[i - 1] ?? ""));
}

/** Options that say which tests are run and how long they may take, whichever process runs them. */
const SELECTS = /^(?:-g|--grep|-f|--fgrep|-i|--invert|-t|--timeout|--retries|-s|--slow)(=.*)?$/;
const TAKES_NEXT = /^(?:-[gfts]|--(?:grep|fgrep|timeout|retries|slow))$/;

/** Whether arguments mean the same in each of several processes as in one. */
export function onlySelects(args) {
  return args.every((arg, i) => SELECTS.test(arg) || TAKES_NEXT.test(args[i - 1] ?? ""));
}

/**
 * The options to run named files only. mocha adds them to the `spec` of .mocharc.json instead of
 * replacing it, so it gets a copy of that file without its `spec`.
 */
export function configWithoutSpec(folder) {
  const { spec: _, ...rest } = JSON.parse(readFileSync(inRoot(".mocharc.json"), "utf8"));
  const path = join(folder, "mocharc.json");
  writeFileSync(path, JSON.stringify(rest));
  return ["--config", path];
}
