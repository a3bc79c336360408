/**
 * Runs the simulations of the bridge to npm's libraries in many processes, and compares what each
 * has left: the same program gives the same trace, in whatever process. How many is told by
 * BRIDGE_PROCESSES in the environment; 20 unless given.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configWithoutSpec } from "./lib/mocha-arguments.mjs";
import { binOf, inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { prepareOrExit } from "./prepare.mjs";

const processes = Number(process.env.BRIDGE_PROCESSES ?? 20);

await prepareOrExit();

const scratch = mkdtempSync(join(tmpdir(), "skein-bridge-"));
const files = [
  ["interop", "*"],
  ["examples", "chat-history"],
  ["examples", "chat-status"],
];
const paths = files.map(([folder, name]) => inRoot("test", folder, `${name}.test.ts`));
const tests = ["--grep", "\\(clock\\)", ...paths];
const mocha = [binOf("mocha"), ...configWithoutSpec(scratch), ...tests];
const first = new Map();
let differences = 0;

for (let number = 0; number < processes; number++) {
  const file = join(scratch, `${number}.txt`);
  const env = { ...process.env, SKEIN_BRIDGE_TRACES: file };
  const { status, output } = await run(process.execPath, mocha, { env });
  if (status !== 0) {
    console.error(output);
    process.exit(status);
  }
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const [hash, title] = line.split("\t");
    const before = first.get(title) ?? hash;
    first.set(title, before);
    if (hash === before) continue;
    differences++;
    console.error(`In process ${number + 1} another trace than in the first: ${title}`);
  }
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${first.size} simulations in ${processes} processes: ${differences} differences`);
process.exitCode = differences === 0 && first.size > 0 ? 0 : 1;
