/**
 * Runs the tests on several versions of Node, and on Bun and Deno, and writes the numbers into
 * docs/runtimes.md. Arguments select: `npm run runtimes -- bun` has the numbers of one written, and
 * `npm run runtimes -- bun defer task` runs the tests of two areas on it, and only prints. With
 * `--must-pass` a failure that is none of the known ones is one of the command.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { binOf, inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { DIFFERENCES } from "./lib/runtime-differences.mjs";
import { environment, obtain, RUNTIMES } from "./lib/runtimes.mjs";
import { prepareOrExit } from "./prepare.mjs";

/**
 * The folders of tests that are about what runs; those of the repository itself are not, and those
 * of virtual globals are about Node.
 */
const AREAS = [
  "core",
  "defer",
  "reactor",
  "task",
  "protocols",
  "endpoints",
  "threads",
  "threading",
  "multiprocessing",
  "application",
  "log",
  "daemons",
  "cli",
  "testing",
  "interop",
  "web",
  "rxjs",
  "opentelemetry",
  "examples",
];
/** These are about bundles and stacks as Node makes them from the sources. */
const NOT_ABOUT_RUNTIMES = new Set(["bundle-size.test.ts", "browser.test.ts"]);
/** For failures that nobody has looked into. */
const NEWS = "Not known yet.";
/** The most that the tests of one file may take. */
const FILE_MS = 180_000;
const DOCUMENT = inRoot("docs", "runtimes.md");
const START = "<!-- made by npm run runtimes -->\n";
const END = "\n<!-- end -->";
const MADE = /(<!-- made by npm run runtimes -->\n)([^]*?)(\n<!-- end -->)/;

const options = process.argv.slice(2);
const mustPass = options.includes("--must-pass");
const words = options.filter((word) => word !== "--must-pass");
const known = new Set([...AREAS, ...RUNTIMES.map(({ name }) => name)]);
const unknown = words.find((word) => !known.has(word));
if (unknown !== undefined) {
  console.error(`"${unknown}" is none of: ${[...known].join(", ")}`);
  process.exit(1);
}
const areas = select(AREAS, (area) => area);
const runtimes = select(RUNTIMES, ({ name }) => name);

await prepareOrExit();
const scratch = mkdtempSync(join(tmpdir(), "skein-runtimes-"));
let failed = false;
for (const runtime of runtimes) {
  const { command, version, problem } = await obtain(runtime);
  if (problem !== undefined) console.error(problem);
  if (command === undefined) {
    // Without the registry there is nothing to be said about it; CI is to have it.
    failed ||= process.env.CI !== undefined;
    continue;
  }
  const title = `${runtime.name.replace(/-.*/, "")} ${version}`;
  const cells = new Map();
  const reasons = new Map();
  for (const area of areas) {
    const { passed, failures } = await runArea(runtime, command, area);
    cells.set(area, `${passed} of ${passed + failures.length}`);
    console.log(`${title.padEnd(14)} ${area.padEnd(12)} ${cells.get(area)}`);
    for (const failure of failures) {
      const reason = reasonOf(runtime, failure);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (reason !== NEWS) continue;
      console.log(indent(failure));
      failed ||= mustPass;
    }
  }
  if (areas === AREAS) write(runtime, title, cells, reasons);
}
await run(process.execPath, [binOf("prettier"), "--write", DOCUMENT]);
rmSync(scratch, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

function select(all, nameOf) {
  const chosen = all.filter((one) => words.includes(nameOf(one)));
  return chosen.length === 0 ? all : chosen;
}

/** Each file in a process of its own: one that ends its process takes no other along. */
async function runArea(runtime, command, area) {
  const files = readdirSync(inRoot("test", area), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".test.ts") && !NOT_ABOUT_RUNTIMES.has(name))
    .map((name) => `test/${area}/${name}`);
  const all = { passed: 0, failures: [] };
  const work = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const { passed, failures } = await runFile(runtime, command, file);
      all.passed += passed;
      all.failures.push(...failures.map((failure) => `${file}: ${failure}`));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return all;
}

async function runFile({ args }, command, file) {
  const countsFile = join(scratch, file.replaceAll("/", "-"));
  const script = inRoot("scripts", "lib", "runtime-tests.mjs");
  const { output } = await run(command, [...args, script, file, countsFile], {
    env: environment,
    timeoutMs: FILE_MS,
  });
  try {
    return JSON.parse(readFileSync(countsFile, "utf8"));
  } catch {
    return { passed: 0, failures: [`its process ended without results: ${output.slice(-300)}`] };
  }
}

function indent(failure) {
  const [first = "", ...rest] = failure.split("\n");
  return `    ${[first, ...rest.slice(0, 2)].join("\n        ")}`;
}

function reasonOf({ name }, failure) {
  const differences = DIFFERENCES[name.replace(/-.*/, "")];
  return differences.find(([titles]) => titles.test(failure.split("\n")[0]))?.[1] ?? NEWS;
}

/** Replaces the section of this runtime, and leaves those of the others as they are. */
function write({ name }, title, cells, reasons) {
  const text = readFileSync(DOCUMENT, "utf8");
  const [, , made = ""] = MADE.exec(text) ?? [];
  const sections = new Map(
    made
      .split(/^(?=## )/m)
      .map((section) => [/<!-- (.*) -->/.exec(section)?.[1], section.trim()])
      .filter(([of]) => of !== undefined),
  );
  const rows = [...cells].map(([area, passed]) => `| ${area} | ${passed} |`);
  const list = [...reasons].map(([reason, count]) => `- ${count}: ${reason}`);
  sections.set(
    name,
    [
      `## ${title}`,
      `<!-- ${name} -->`,
      `| tests | passed |\n| --- | --- |\n${rows.join("\n")}`,
      ...(list.length > 0 ? [`Those that fail:\n\n${list.join("\n")}`] : []),
    ].join("\n\n"),
  );
  const inOrder = RUNTIMES.map((runtime) => sections.get(runtime.name)).filter(Boolean);
  writeFileSync(
    DOCUMENT,
    text.replace(MADE, () => `${START}\n${inOrder.join("\n\n")}\n${END}`),
  );
}
