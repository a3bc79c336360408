import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configWithoutSpec } from "./mocha-arguments.mjs";
import { binOf, inRoot } from "./paths.mjs";
import { runAttached } from "./run.mjs";

/** Runs test files that are not among those of `npm test`; resolves with mocha's status. */
export async function runApart(files, args) {
  const scratch = mkdtempSync(join(tmpdir(), "skein-apart-"));
  try {
    return await runAttached([
      binOf("mocha"),
      ...configWithoutSpec(scratch),
      ...args,
      inRoot("test", ...files),
    ]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
