/**
 * Everything but the tests: types, lint, format, and the package as its users get it. Arguments
 * select checks by name: `npm run check -- lint format`.
 */
import { existsSync } from "node:fs";
import { binOf, inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { runSteps } from "./lib/steps.mjs";
import { prepareOrExit } from "./prepare.mjs";

await prepareOrExit();

const node = (...args) => run(process.execPath, args);

function typeCheck(project) {
  // tsc's own message about a missing project speaks of directories.
  if (!existsSync(inRoot(project))) return { status: 1, output: `${project} is missing` };
  return node(binOf("typescript", "tsc"), "--noEmit", "--project", project);
}

const steps = [
  ["types", () => typeCheck("tsconfig.json")],
  ["browser types", () => typeCheck("tsconfig.browser.json")],
  ["lint", () => node(binOf("oxlint"), "--type-aware", "--deny-warnings")],
  ["format", () => node(binOf("prettier"), "--check", ".")],
  ["package", () => node(inRoot("scripts", "check-package.mjs"))],
];

const wanted = process.argv.slice(2);
const selected = steps.filter(([name]) => wanted.length === 0 || wanted.includes(name));
if (selected.length === 0) {
  console.error(`No such check. There are: ${steps.map(([name]) => name).join(", ")}`);
}
process.exitCode = selected.length > 0 && (await runSteps(selected)) ? 0 : 1;
