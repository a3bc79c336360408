/** Which test files are run side by side, and which one after another. */
import { readdirSync } from "node:fs";
import { inRoot } from "./paths.mjs";

/**
 * Those that want the machine for themselves: they keep all of its cores busy, or compare how long
 * things take.
 */
export const ALONE = [
  "test/browser/chromium.test.ts",
  "test/cli/fleet/rolling.test.ts",
  "test/cli/fleet/runit.test.ts",
  "test/web/peers.test.ts",
];

/**
 * Long ones: a process that began with one of these at the end would leave the others with nothing
 * to do.
 */
const FIRST = ["test/reactor/contract.test.ts", "test/docs-samples.test.ts"];

/** The others, in the order in which they are begun. */
export function together() {
  const files = readdirSync(inRoot("test"), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${name}`)
    .sort();
  const placed = new Set([...ALONE, ...FIRST]);
  return [...FIRST, ...files.filter((file) => !placed.has(file))];
}
