/** How long `reactor --help` takes beside a Node that does nothing: whole processes, in turns. */
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const RUNS = SMOKE ? 1 : 5;

/** The fastest of some runs, in milliseconds: what disturbs one only makes it slower. */
async function fastest(args: readonly string[]): Promise<number> {
  const times = Array.from({ length: RUNS }, () => {
    const begun = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
    if (status !== 0) throw new Error(`node ${args.join(" ")} failed`);
    return performance.now() - begun;
  });
  return Math.min(...times);
}

const ratio = await compare(
  SMOKE ? 1 : 11,
  () => fastest([MAIN, "--help"]),
  () => fastest(["-e", "0"]),
);
console.log(`reactor --help takes ${formatRatio(ratio)} times as long as node -e 0`);
