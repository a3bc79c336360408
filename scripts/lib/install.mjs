import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hashFiles, readStamp } from "./hash.mjs";
import { npm } from "./npm.mjs";
import { inRoot } from "./paths.mjs";
import { PrepareError } from "./prepare-error.mjs";

const STAMP = inRoot("node_modules", ".skein-lock");

/**
 * - Without saving, the versions are those of package-lock.json, as with `npm ci`, which would do
 *   as well in a fresh clone; but that begins by removing what was compiled before.
 * - Our tools are development dependencies, wanted even where NODE_ENV says "production".
 * - No install scripts: node-pty's wants a compiler, which a machine with nothing but Node lacks,
 *   and esbuild works without its own. Tests that need node-pty skip where it was not compiled.
 */
const FLAGS = ["--no-save", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];

export function isInstalled() {
  return readStamp(STAMP) === lockHash();
}

/** Brings node_modules to what package-lock.json says. */
export async function install({ log }) {
  const wanted = lockHash();
  if (!matchesLock()) {
    log("Installing packages (npm install)");
    const { status, output } = await npm(["install", ...FLAGS]);
    if (status !== 0) throw new PrepareError(`npm install failed (status ${status})`, output);
  }
  writeFileSync(STAMP, `${wanted}\n`);
}

function lockHash() {
  return hashFiles(["package-lock.json"]);
}

/**
 * Whether an install by hand already holds the wanted packages. npm notes what it installed in a
 * lock file of its own.
 */
function matchesLock() {
  const noted = inRoot("node_modules", ".package-lock.json");
  if (!existsSync(noted)) return false;
  const wanted = packagesIn(inRoot("package-lock.json"));
  const present = packagesIn(noted);
  return Object.entries(wanted).every(([path, entry]) => {
    // The root is not in npm's note, and optional packages are mostly for other platforms.
    if (path === "" || entry.optional) return true;
    return sameBuild(entry, present[path]) && existsSync(inRoot(path, "package.json"));
  });
}

function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}

function sameBuild(wanted, present) {
  return present?.version === wanted.version && present?.integrity === wanted.integrity;
}
