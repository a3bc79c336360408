import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { messageOf } from "../core/errors.ts";
import { FilesystemLock } from "../defer/filesystem-lock.ts";
import { nap } from "../threading/sleep.ts";
import { codeOf } from "./complain.ts";
import { LaunchError } from "./launch-error.ts";

/** How often it is looked whether others have done, with a moment between. */
const ATTEMPTS = 400;
/** No queue is waited for; and no link is followed. */
const UNWAITED = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const UNFOLLOWED = UNWAITED | (constants.O_NOFOLLOW ?? 0);

/**
 * A file that has the number of the process in it while the process runs, which nobody else has
 * then.
 */
export class Pidfile {
  readonly path: string;
  #held = true;
  /** Which file it is. */
  #made: Stats | undefined = undefined;

  /**
   * Takes it. What a process that is gone has left is replaced.
   *
   * @throws LaunchError while a process that lives is in it, and where it cannot be written.
   */
  constructor(path: string) {
    this.path = path;
    // Of several that find what a dead one has left, one at a time looks and takes it.
    const guard = new FilesystemLock(`${path}.lock`);
    try {
      lockSoon(guard);
      try {
        this.#take();
      } finally {
        guard.unlock();
      }
    } catch (error) {
      if (error instanceof LaunchError) throw error;
      throw new LaunchError(`cannot write the pidfile ${path}: ${messageOf(error)}`);
    }
  }

  #take(): void {
    const holder = holderOf(this.path);
    if (holder !== undefined && lives(holder)) {
      throw new LaunchError(
        `the pidfile ${this.path} is of process ${holder}, which runs: stop that first, or ` +
          "give another pidfile; if that process is something else, remove the file",
      );
    }
    // Whole when it appears: nobody reads it half written.
    const own = `${this.path}.${process.pid}`;
    rmSync(own, { force: true });
    const file = openSync(own, "wx", 0o644);
    try {
      writeFileSync(file, `${process.pid}\n`);
      this.#made = fstatSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(own, this.path);
  }

  /**
   * Gives it to the user that the process becomes, who is to remove it: it, and not what somebody
   * who can write its folder has put there instead.
   *
   * @throws LaunchError
   */
  giveTo(uid: number, gid: number): void {
    try {
      const file = openSync(this.path, UNFOLLOWED);
      try {
        const { dev, ino } = fstatSync(file);
        if (dev !== this.#made?.dev || ino !== this.#made.ino) throw new Error("it was replaced");
        fchownSync(file, uid, gid);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw new LaunchError(`cannot give the pidfile ${this.path} away: ${messageOf(error)}`);
    }
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

/** Waits for those who are about it: they take no time. @throws LaunchError */
function lockSoon(guard: FilesystemLock): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (guard.lock()) return;
    nap(nobody, 0, 0);
  }
  throw new LaunchError(`cannot take the pidfile: ${guard.name} is held by another process`);
}

/** The process in a pidfile; undefined where there is none. */
function holderOf(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, UNWAITED);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ENXIO") throw noFile(path);
    throw error;
  }
  try {
    // It would be replaced, and removed at the end: /dev/null, say.
    if (!fstatSync(file).isFile()) throw noFile(path);
    const number = Number(readFileSync(file, "utf8").trim());
    return Number.isSafeInteger(number) && number > 0 ? number : undefined;
  } finally {
    closeSync(file);
  }
}

function noFile(path: string): LaunchError {
  return new LaunchError(`the pidfile ${path} is no file: give another one`);
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
