/**
 * A lock between processes: a directory that holds one empty directory, named by its owner's pid.
 *
 * Both steps are renames, which are atomic: the lock appears with its owner already in it, and a
 * dead owner's entry is renamed by exactly one of those that would take it over. Nothing in it is a
 * file, so that git and prettier never see it.
 */
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
/** Far above any install and build: an owner older than this is another process with its pid. */
const MAX_AGE_MS = 15 * 60_000;
/** Codes of a rename that found somebody else there first; Windows has its own pair. */
const TAKEN = new Set(["EEXIST", "ENOTEMPTY", "EPERM", "EACCES"]);

/** Runs `work` while no other process holds `directory`; waits for as long as one does. */
export async function withLock(directory, work, { log, maxAgeMs = MAX_AGE_MS }) {
  await acquire(directory, { log, maxAgeMs });
  try {
    return await work();
  } finally {
    release(directory);
  }
}

async function acquire(directory, { log, maxAgeMs }) {
  let told = false;
  for (;;) {
    const owner = ownerOf(directory);
    if (owner === undefined) {
      // An empty lock is one whose owner was killed while giving it up.
      removeEmpty(directory);
      if (create(directory)) return;
    } else if (isGone(directory, owner, maxAgeMs)) {
      if (takeOver(directory, owner)) return;
    } else if (!told) {
      log(`Waiting for process ${owner}, which prepares the same directory`);
      told = true;
    }
    await sleep(POLL_MS);
  }
}

function create(directory) {
  const staged = `${directory}-${process.pid}`;
  mkdirSync(join(staged, String(process.pid)), { recursive: true });
  try {
    renameSync(staged, directory);
    return true;
  } catch (error) {
    rmSync(staged, { recursive: true, force: true });
    if (TAKEN.has(error.code)) return false;
    throw error;
  }
}

function ownerOf(directory) {
  try {
    return readdirSync(directory)[0];
  } catch {
    return undefined;
  }
}

function isGone(directory, owner, maxAgeMs) {
  // We hold nothing yet, so an owner with our pid is from an earlier life of the machine.
  if (Number(owner) === process.pid) return true;
  try {
    process.kill(Number(owner), 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if (error.code === "ESRCH") return true;
  }
  const since = statSync(join(directory, owner), { throwIfNoEntry: false })?.mtimeMs;
  return since !== undefined && Date.now() - since > maxAgeMs;
}

function takeOver(directory, owner) {
  const mine = join(directory, String(process.pid));
  try {
    renameSync(join(directory, owner), mine);
  } catch {
    return false;
  }
  // A rename keeps the age of what it renames: begin anew, or the next one finds it too old.
  rmdirSync(mine);
  return create(directory);
}

function release(directory) {
  removeEmpty(join(directory, String(process.pid)));
  removeEmpty(directory);
}

/** Fails by itself when somebody has moved in meanwhile, which is what we want. */
function removeEmpty(directory) {
  try {
    rmdirSync(directory);
  } catch {
    // Not empty, or gone already: either way there is nothing to remove.
  }
}
