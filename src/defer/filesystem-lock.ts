/**
 * A lock between the processes of one machine, in the file system.
 *
 * It is a directory, and in it another one that is named after the process that holds the lock.
 * Either step that can win is a rename, which the system lets one process do: the lock appears with
 * its owner in it, and a dead owner's name is changed into the new one's, which fails for all but
 * the first, as the old name is gone then.
 */
import { BadOptionError } from "../core/errors.ts";
import { NotAcquiredError } from "./acquirable.ts";
import { codeOf, type Host, host } from "./filesystem.ts";

/** So often somebody else may be quicker, before it counts as held. */
const ATTEMPTS_MAX = 100;

/** Codes of a rename that found a lock in its way; Windows has its own pair. */
const TAKEN: ReadonlySet<unknown> = new Set(["EEXIST", "ENOTEMPTY", "EPERM", "EACCES"]);

/** The pid, and when that process was started, where the system tells. */
const OWNER = /^([1-9]\d{0,9})(?:-(\d+))?$/;

/**
 * Taken and given back at once; {@link DeferredFilesystemLock} waits for it. A process that ends
 * without giving it back leaves a stale lock, which the next one who wants it takes over.
 *
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { FilesystemLock } from "skein/defer";
 *
 * const name = join(mkdtempSync(join(tmpdir(), "sample-")), "daemon.lock");
 * const [one, other] = [new FilesystemLock(name), new FilesystemLock(name)];
 * console.log(one.lock(), other.lock()); // → true false
 * one.unlock();
 * console.log(other.lock(), other.clean); // → true true
 * other.unlock();
 * ```
 *
 * Processes are told apart by their pids: it is of no use to those that do not see one another, as
 * in two containers that share a directory.
 */
export class FilesystemLock {
  /** The path of the lock; its directory must be there. */
  readonly name: string;
  readonly #host: Host;
  #locked = false;
  #clean: boolean | undefined;

  /** @throws NoFilesystemError where there are no files. */
  constructor(name: string) {
    this.name = name;
    this.#host = host();
  }

  /** Whether it is held by this object. */
  get locked(): boolean {
    return this.#locked;
  }

  /**
   * Whether the one who held it before had given it back, and not died with it: what it worked on
   * may be half done. Undefined until this object has held it.
   */
  get clean(): boolean | undefined {
    return this.#clean;
  }

  /**
   * Takes it, if nobody holds it; another object of this process, or this one, counts as anybody.
   *
   * @throws BadOptionError when the name is that of a directory with something else in it, and the
   *   system's errors.
   */
  lock(): boolean {
    for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
      const owner = this.#owner();
      if (owner !== undefined && this.#isAlive(owner)) return false;
      const won = owner === undefined ? this.#create() : this.#takeOver(owner);
      if (!won) continue;
      this.#locked = true;
      this.#clean = owner === undefined;
      return true;
    }
    return false;
  }

  /** Gives it back. @throws NotAcquiredError unless this object holds it. */
  unlock(): void {
    if (!this.#locked) throw new NotAcquiredError(`${this.name} is not locked by this object`);
    try {
      // By its full name: whoever may have come to hold it meanwhile keeps it.
      this.#host.files.rmdirSync(`${this.name}/${this.#me()}`);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      this.#locked = false;
      throw new NotAcquiredError(`${this.name} was removed while it was locked`);
    }
    this.#locked = false;
    this.#removeEmpty(this.name);
  }

  /** Who holds the lock; undefined if nobody does. */
  #owner(): string | undefined {
    let entries: string[];
    try {
      entries = this.#host.files.readdirSync(this.name);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    const stranger = entries.find((entry) => !OWNER.test(entry));
    if (stranger !== undefined) {
      throw new BadOptionError(`${this.name} is not a lock: there is "${stranger}" in it`);
    }
    return entries[0];
  }

  #isAlive(owner: string): boolean {
    const [, pid, started] = OWNER.exec(owner) ?? [];
    try {
      this.#host.kill(Number(pid), 0);
    } catch (error) {
      // Any other code: it lives, and belongs to somebody else.
      if (codeOf(error) === "ESRCH") return false;
    }
    // A daemon in a container has the same pid each time: it must not take its own dead for itself.
    const now = this.#startOf(Number(pid));
    return started === undefined || now === undefined || now === started;
  }

  #create(): boolean {
    const { files } = this.#host;
    // Left by one who was killed while giving it back. Windows renames nothing onto it.
    this.#removeEmpty(this.name);
    const staged = files.mkdtempSync(`${this.name}.`);
    const owner = `${staged}/${this.#me()}`;
    try {
      // Other users are to see who holds it.
      files.chmodSync(staged, 0o755);
      files.mkdirSync(owner);
      files.renameSync(staged, this.name);
      return true;
    } catch (error) {
      this.#removeEmpty(owner);
      this.#removeEmpty(staged);
      if (TAKEN.has(codeOf(error))) return false;
      throw error;
    }
  }

  #takeOver(owner: string): boolean {
    try {
      this.#host.files.renameSync(`${this.name}/${owner}`, `${this.name}/${this.#me()}`);
      return true;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  /** Fails by itself where somebody has moved in, or has been here before: both is well. */
  #removeEmpty(directory: string): void {
    try {
      this.#host.files.rmdirSync(directory);
    } catch {
      // Nothing is to be removed.
    }
  }

  /** The name of this process in a lock. */
  #me(): string {
    const { pid } = this.#host;
    const started = this.#startOf(pid);
    return started === undefined ? `${pid}` : `${pid}-${started}`;
  }

  /**
   * When a process was started, in the system's own measure, where it has a /proc; "ended" for one
   * that its parent has yet to hear of.
   */
  #startOf(pid: number): string | undefined {
    let stat: string;
    try {
      stat = this.#host.files.readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
      return undefined;
    }
    // Behind the command, which is in parentheses and may hold anything, comes the third field.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "ended" : fields[22 - 3];
  }
}
