/**
 * Runs the benchmarks one after another, each in a process of its own, against dist: the sources
 * are what tests run, dist is what users run. Arguments select by name: `npm run bench -- timers`.
 */
import { readdirSync } from "node:fs";
import { inRoot } from "./lib/paths.mjs";
import { runAttached } from "./lib/run.mjs";
import { prepareOrExit } from "./prepare.mjs";

await prepareOrExit();

const wanted = process.argv.slice(2);
const names = readdirSync(inRoot("bench"))
  .filter((name) => name.endsWith(".bench.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();

if (names.length === 0) {
  const which = wanted.map((part) => ` "${part}"`).join(" or");
  console.error(`There is no benchmark${which} (bench/*.bench.ts).`);
  process.exitCode = 1;
}
for (const name of names) {
  console.log(`\n${name}`);
  // No "@skein/source" condition: `import … from "skein"` is dist here.
  const status = await runAttached(["--import", "tsx", inRoot("bench", name)]);
  if (status !== 0) {
    console.error(`bench/${name} failed (status ${status})`);
    process.exitCode = 1;
  }
}
