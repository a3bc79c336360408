import { expect } from "chai";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadOptionError, FilesystemLock, NoFilesystemError, NotAcquiredError } from "skein";
import sinon from "sinon";
import { LIFETIME_MS, observe } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

const CONTENDER = join(root, "test/fixtures/locks/contender.ts");
const CONTENDERS = 4;
const TIMES = 25;
/** Where a process' start can be read, one is not taken for another with the same pid. */
const withProc = fs.existsSync("/proc/self/stat") ? it : it.skip;

describe("FilesystemLock", () => {
  let folder: string;
  let name: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-lock-"));
    name = join(folder, "daemon.lock");
  });
  afterEach(() => {
    sinon.restore();
    rmSync(folder, { recursive: true });
  });

  /** Leaves a lock behind that the owner of this name held. */
  function leave(owner: string): void {
    mkdirSync(join(name, owner), { recursive: true });
  }

  /** The pid of a process that has ended. */
  function deadPid(): number {
    return spawnSync(process.execPath, ["--version"]).pid;
  }

  it("is held by one at a time", () => {
    const [one, other] = [new FilesystemLock(name), new FilesystemLock(name)];
    expect([one.lock(), one.locked]).to.deep.equal([true, true]);
    expect([other.lock(), other.locked]).to.deep.equal([false, false]);
    one.unlock();
    expect([one.locked, other.lock(), one.lock()]).to.deep.equal([false, true, false]);
    other.unlock();
  });

  it("is not taken twice by the same object", () => {
    const lock = new FilesystemLock(name);
    expect([lock.lock(), lock.lock(), lock.locked]).to.deep.equal([true, false, true]);
  });

  it("is clean when it was given back; before it was held, that is not known", () => {
    const lock = new FilesystemLock(name);
    expect(lock.clean).to.equal(undefined);
    lock.lock();
    expect(lock.clean).to.equal(true);
    lock.unlock();
    lock.lock();
    expect([lock.name, lock.clean]).to.deep.equal([name, true]);
  });

  it("leaves nothing behind when it was given back, or was not to be had", () => {
    const [one, other] = [new FilesystemLock(name), new FilesystemLock(name)];
    one.lock();
    other.lock();
    expect(readdirSync(folder)).to.deep.equal(["daemon.lock"]);
    one.unlock();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("cannot be given back by who does not hold it", () => {
    const [one, other] = [new FilesystemLock(name), new FilesystemLock(name)];
    one.lock();
    expect(() => other.unlock()).to.throw(NotAcquiredError);
    expect(other.lock()).to.equal(false);
    one.unlock();
    expect(() => one.unlock())
      .to.throw(NotAcquiredError)
      .with.property("code", "ERR_NOT_ACQUIRED");
  });

  it("leaves the lock of another alone, when its own was removed by force", () => {
    const lock = new FilesystemLock(name);
    lock.lock();
    rmSync(name, { recursive: true });
    leave("1");
    expect(() => lock.unlock()).to.throw(NotAcquiredError, "removed");
    expect([lock.locked, readdirSync(name)]).to.deep.equal([false, ["1"]]);
  });

  it("is taken over from a process that has died, and not clean then", () => {
    leave(`${deadPid()}`);
    const [one, other] = [new FilesystemLock(name), new FilesystemLock(name)];
    expect([one.lock(), one.clean]).to.deep.equal([true, false]);
    expect(other.lock()).to.equal(false);
    one.unlock();
    expect([other.lock(), other.clean]).to.deep.equal([true, true]);
  });

  withProc("is taken over from an earlier process with the same pid, as in a container", () => {
    leave(`${process.pid}-1`);
    const lock = new FilesystemLock(name);
    expect([lock.lock(), lock.clean]).to.deep.equal([true, false]);
  });

  withProc("is taken over from a process that has ended, though its parent never asked", () => {
    const dead = deadPid();
    leave(`${dead}-1`);
    sinon.stub(process, "kill");
    const read = sinon.stub(fs, "readFileSync").callThrough();
    read.withArgs(`/proc/${dead}/stat`).returns(`${dead} (a (b) R) Z ${"1 ".repeat(40)}`);
    expect(new FilesystemLock(name).lock()).to.equal(true);
  });

  it("is left to a process that may not be asked, as it is another user's", () => {
    leave("1");
    const denied = Object.assign(new Error("denied"), { code: "EPERM" });
    sinon.stub(process, "kill").throws(denied);
    expect(new FilesystemLock(name).lock()).to.equal(false);
  });

  it("goes by the pid alone where there is no /proc", () => {
    sinon.stub(fs, "readFileSync").throws(Object.assign(new Error("none"), { code: "ENOENT" }));
    const [one, other] = [new FilesystemLock(name), new FilesystemLock(name)];
    expect([one.lock(), readdirSync(name)]).to.deep.equal([true, [`${process.pid}`]]);
    expect(other.lock()).to.equal(false);
    one.unlock();
    leave(`${deadPid()}`);
    expect([other.lock(), other.clean]).to.deep.equal([true, false]);
  });

  it("is taken when one who was giving it back was killed in between", () => {
    mkdirSync(name);
    const lock = new FilesystemLock(name);
    expect([lock.lock(), lock.clean]).to.deep.equal([true, true]);
  });

  it("goes to somebody else who is quicker at every step", () => {
    const rival = new FilesystemLock(name);
    const { renameSync } = fs;
    const rename = sinon.stub(fs, "renameSync");
    const wins: unknown[] = [];
    const lock = new FilesystemLock(name);
    for (const stale of [undefined, `${deadPid()}`]) {
      if (stale !== undefined) leave(stale);
      rename.resetHistory();
      rename.callsFake((from, to) => {
        rename.callsFake(renameSync);
        rival.lock();
        renameSync(from, to);
      });
      wins.push(lock.lock());
      expect(rename.callCount).to.equal(2);
      rival.unlock();
    }
    expect(wins).to.deep.equal([false, false]);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("counts as held while others are quicker without end", () => {
    const rename = sinon.stub(fs, "renameSync");
    rename.throws(Object.assign(new Error("taken"), { code: "ENOTEMPTY" }));
    const lock = new FilesystemLock(name);
    expect(lock.lock()).to.equal(false);
    rename.restore();
    expect(lock.lock()).to.equal(true);
  });

  it("does not take a directory with something else in it for a lock", () => {
    mkdirSync(join(name, "photographs"), { recursive: true });
    expect(() => new FilesystemLock(name).lock()).to.throw(BadOptionError, '"photographs"');
    rmdirSync(join(name, "photographs"));
  });

  it("throws the system's error for a file, and where its directory is missing", () => {
    writeFileSync(name, "");
    expect(() => new FilesystemLock(name).lock())
      .to.throw()
      .with.property("code", "ENOTDIR");
    expect(() => new FilesystemLock(join(folder, "missing", "lock")).lock())
      .to.throw()
      .with.property("code", "ENOENT");
  });

  it("throws for an unlock that the system refuses, and is then still held", () => {
    const lock = new FilesystemLock(name);
    lock.lock();
    const rmdir = sinon.stub(fs, "rmdirSync");
    rmdir.throws(Object.assign(new Error("denied"), { code: "EACCES" }));
    expect(() => lock.unlock()).to.throw("denied");
    expect(lock.locked).to.equal(true);
    rmdir.restore();
    lock.unlock();
  });

  it("throws where there are no files", () => {
    sinon.stub(process, "getBuiltinModule").returns(undefined);
    expect(() => new FilesystemLock(name))
      .to.throw(NoFilesystemError)
      .with.property("code", "ERR_NO_FILESYSTEM");
  });

  it("keeps processes apart that contend for it, and outlives those that die with it", async () => {
    const file = join(folder, "number");
    writeFileSync(file, "0");
    const start = (): ChildProcess =>
      spawn(
        process.execPath,
        ["-C", "@skein/source", "--import", "tsx", CONTENDER, name, file, String(TIMES)],
        { cwd: root, timeout: LIFETIME_MS, killSignal: "SIGKILL" },
      );
    const endings = await Promise.all(
      Array.from({ length: CONTENDERS }, () => observe(start()).ended),
    );
    expect(endings.map(({ status, stderr }) => [status, stderr])).to.deep.equal(
      endings.map(() => [0, ""]),
    );
    expect(readFileSync(file, "utf8")).to.equal(String(CONTENDERS * TIMES));
    // Each died with it, and was found out by exactly one of the others; the last one by us.
    const unclean = endings.reduce((sum, { stdout }) => sum + Number(stdout), 0);
    expect(unclean).to.equal(CONTENDERS - 1);
    const lock = new FilesystemLock(name);
    expect([lock.lock(), lock.clean]).to.deep.equal([true, false]);
    lock.unlock();
    expect(readdirSync(folder)).to.deep.equal(["number"]);
  });
});
