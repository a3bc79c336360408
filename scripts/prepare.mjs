/**
 * Installs what is missing and builds what is out of date. Every other script begins with it, so
 * that a fresh checkout needs nothing but Node; when nothing is to be done it costs a few
 * milliseconds.
 */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, isBuilt } from "./lib/build.mjs";
import { install, isInstalled } from "./lib/install.mjs";
import { withLock } from "./lib/lock.mjs";
import { inRoot } from "./lib/paths.mjs";
import { PrepareError } from "./lib/prepare-error.mjs";

const toStderr = (line) => process.stderr.write(`${line}\n`);

/**
 * @throws PrepareError when npm or the compiler fails
 */
export async function prepare({ log = toStderr } = {}) {
  if (isInstalled() && isBuilt()) return;
  // Two terminals may start at once: the second waits, and then finds nothing left to do.
  await withLock(
    inRoot(".prepare-lock"),
    async () => {
      if (!isInstalled()) await install({ log });
      if (!isBuilt()) await build({ log });
    },
    { log },
  );
}

/** For scripts: prepares, or says what failed and ends the process with status 1. */
export async function prepareOrExit({ log = toStderr } = {}) {
  try {
    await prepare({ log });
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    log(`${error.output.trimEnd()}\n${error.message}`);
    process.exit(1);
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await prepareOrExit();
}
