import { chownSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { messageOf } from "../core/errors.ts";
import { codeOf } from "./complain.ts";
import { LaunchError } from "./launch-error.ts";

/** How often others may be in the way while it is taken. */
const ATTEMPTS = 5;

/**
 * A file that has the number of the process in it while the process runs, which nobody else has
 * then.
 */
export class Pidfile {
  readonly path: string;
  #held = true;

  /**
   * Takes it. What a process that is gone has left is replaced.
   *
   * @throws LaunchError while a process that lives is in it, and where it cannot be written.
   */
  constructor(path: string) {
    this.path = path;
    // Whole when it appears: nobody reads it half written.
    const own = `${path}.${process.pid}`;
    try {
      writeFileSync(own, `${process.pid}\n`, { mode: 0o644 });
      this.#take(own);
    } catch (error) {
      if (error instanceof LaunchError) throw error;
      throw new LaunchError(`cannot write the pidfile ${path}: ${messageOf(error)}`);
    } finally {
      rmSync(own, { force: true });
    }
  }

  #take(own: string): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        linkSync(own, this.path);
        return;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      const holder = holderOf(this.path);
      if (holder !== undefined && lives(holder)) {
        throw new LaunchError(
          `the pidfile ${this.path} is of process ${holder}, which runs: stop that first, or ` +
            "give another pidfile; if that process is something else, remove the file",
        );
      }
      this.#putAway(holder);
    }
    throw new LaunchError(`cannot take the pidfile ${this.path}: others do at the same time`);
  }

  /** Takes a stale one away, unless somebody else was quicker, and the file is theirs by now. */
  #putAway(stale: number | undefined): void {
    const aside = `${this.path}.${process.pid}.stale`;
    try {
      renameSync(this.path, aside);
      if (holderOf(aside) !== stale) renameSync(aside, this.path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  /** Gives it to the user that the process becomes, who is to remove it. */
  giveTo(uid: number, gid: number): void {
    chownSync(this.path, uid, gid);
  }

  /**
   * Removes it, once, if it is still this process' own. One who may write it but not its folder
   * leaves it empty, which counts as stale.
   */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    if (holderOf(this.path) !== process.pid) return;
    try {
      rmSync(this.path);
    } catch {
      try {
        writeFileSync(this.path, "");
      } catch (error) {
        console.error(`reactor: cannot remove the pidfile ${this.path}: ${messageOf(error)}`);
      }
    }
  }
}

/** The process in a pidfile; undefined where there is none. */
function holderOf(path: string): number | undefined {
  try {
    const number = Number(readFileSync(path, "utf8").trim());
    return Number.isSafeInteger(number) && number > 0 ? number : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function lives(pid: number): boolean {
  // In a container numbers come again: one that is our own was somebody's before.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
