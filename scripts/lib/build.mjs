import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { filesBelow, hashFiles, readStamp } from "./hash.mjs";
import { binOf, inRoot } from "./paths.mjs";
import { PrepareError } from "./prepare-error.mjs";
import { run } from "./run.mjs";

const DIST = inRoot("dist");
const STAMP = inRoot("dist", ".build-hash");
const COMMAND = inRoot("dist", "cli", "main.js");

export function isBuilt() {
  return readStamp(STAMP) === sourceHash();
}

/** Compiles src into an empty dist. */
export async function build({ log }) {
  // Taken before the compiler reads: a file that is edited meanwhile makes the stamp wrong, and the
  // next run builds again.
  const hash = sourceHash();
  log("Building dist");
  rmSync(DIST, { recursive: true, force: true });
  const { status, output } = await run(process.execPath, [
    binOf("typescript", "tsc"),
    "--project",
    "tsconfig.build.json",
  ]);
  if (status !== 0) throw new PrepareError(`The build failed (tsc, status ${status})`, output);
  // npm does this when it installs the package, but the command is also run from the repository.
  if (existsSync(COMMAND)) chmodSync(COMMAND, 0o755);
  writeFileSync(STAMP, `${hash}\n`);
}

function sourceHash() {
  const settings = ["package.json", "tsconfig.build.json", "tsconfig.json"];
  return hashFiles([...settings, ...filesBelow("src")]);
}
