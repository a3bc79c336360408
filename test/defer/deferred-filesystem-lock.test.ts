import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AlreadyTryingToLockError,
  BadOptionError,
  CancelledError,
  DeferredFilesystemLock,
  FilesystemLock,
  TimeoutError,
} from "skein";
import { createReactor, type Reactor } from "skein/reactor";
import { errorOf, watch } from "../support/outcomes.ts";

describe("DeferredFilesystemLock", () => {
  let folder: string;
  let name: string;
  let reactor: Reactor<"clock">;
  let lock: DeferredFilesystemLock;
  let other: FilesystemLock;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-lock-"));
    name = join(folder, "daemon.lock");
    reactor = createReactor("clock");
    lock = new DeferredFilesystemLock(name, reactor);
    other = new FilesystemLock(name);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const calls = (): number => reactor.getDelayedCalls().length;

  it("fires at once when the lock is free", () => {
    const outcomes = watch(lock.deferUntilLocked(5));
    expect(outcomes).to.deep.equal([undefined]);
    expect([lock.locked, lock.clean, calls()]).to.deep.equal([true, true, 0]);
  });

  it("is a lock that can be taken and given back at once", () => {
    expect([lock.lock(), other.lock()]).to.deep.equal([true, false]);
    lock.unlock();
    expect(other.lock()).to.equal(true);
  });

  it("looks again each second", async () => {
    other.lock();
    const outcomes: number[] = [];
    lock.deferUntilLocked().addCallback(() => outcomes.push(reactor.seconds()));
    await reactor.advance(2.5);
    other.unlock();
    expect([outcomes, lock.locked]).to.deep.equal([[], false]);
    await reactor.advance(10);
    expect([outcomes, lock.locked, calls()]).to.deep.equal([[3], true, 0]);
  });

  it("fails with TimeoutError when the time is up, and may be waited for again", async () => {
    other.lock();
    for (const seconds of [2.5, 1, 0]) {
      const errors = watch(lock.deferUntilLocked(seconds).addErrback(({ value }) => value));
      await reactor.advance(seconds);
      expect(errors[0]).to.be.instanceOf(TimeoutError);
      expect([lock.locked, calls()]).to.deep.equal([false, 0]);
    }
  });

  it("tries once more when the time is up", async () => {
    other.lock();
    const outcomes = watch(lock.deferUntilLocked(2.5));
    await reactor.advance(2.25);
    other.unlock();
    await reactor.advance(0.25);
    expect([outcomes, lock.locked, calls()]).to.deep.equal([[undefined], true, 0]);
  });

  it("ends the time when it has the lock", async () => {
    other.lock();
    const outcomes = watch(lock.deferUntilLocked(2.5));
    other.unlock();
    await reactor.advance(5);
    expect([outcomes, calls()]).to.deep.equal([[undefined], 0]);
  });

  it("gives up when it is cancelled, even if the lock is free by then", async () => {
    other.lock();
    const waiting = lock.deferUntilLocked(5);
    other.unlock();
    waiting.cancel();
    expect(errorOf(waiting)).to.be.instanceOf(CancelledError);
    expect(calls()).to.equal(0);
    await reactor.advance(10);
    expect([lock.locked, other.lock()]).to.deep.equal([false, true]);
    const again = watch(lock.deferUntilLocked());
    other.unlock();
    await reactor.advance(1);
    expect(again).to.deep.equal([undefined]);
  });

  it("fails for a second one who waits, and goes on for the first", async () => {
    other.lock();
    const first = watch(lock.deferUntilLocked());
    const error = errorOf(lock.deferUntilLocked());
    expect(error)
      .to.be.instanceOf(AlreadyTryingToLockError)
      .with.property("code", "ERR_ALREADY_TRYING_TO_LOCK");
    other.unlock();
    await reactor.advance(1);
    expect(first).to.deep.equal([undefined]);
  });

  it("lets a callback give it back, and wait for it again", () => {
    const log: string[] = [];
    lock.deferUntilLocked().addCallback(() => {
      log.push("first");
      lock.unlock();
      lock.deferUntilLocked().addCallback(() => log.push("second"));
    });
    expect(log).to.deep.equal(["first", "second"]);
  });

  it("fails with the system's error, at once or later", async () => {
    other.lock();
    const later = watch(lock.deferUntilLocked(5).addErrback(({ value }) => value));
    rmSync(name, { recursive: true });
    writeFileSync(name, "");
    await reactor.advance(1);
    expect(later[0]).to.have.property("code", "ENOTDIR");
    expect(calls()).to.equal(0);
    expect(errorOf(lock.deferUntilLocked())).to.have.property("code", "ENOTDIR");
    rmSync(name);
    expect(watch(lock.deferUntilLocked())).to.deep.equal([undefined]);
  });

  it("throws for a timeout that is none", () => {
    for (const seconds of [-1, Number.NaN, Infinity]) {
      expect(() => lock.deferUntilLocked(seconds)).to.throw(BadOptionError, String(seconds));
    }
    expect(lock.locked).to.equal(false);
  });
});
