import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  linkSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotLogError, LogFile } from "../../src/log/index.ts";

describe("LogFile", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-log-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name = "a.log"): string => join(folder, name);
  const textOf = (name?: string): string => readFileSync(path(name), "utf8");

  it("adds lines to what is there, and is not for all to read", () => {
    new LogFile(path()).write("one");
    new LogFile(path()).write("two ✓");
    expect(textOf()).to.equal("one\ntwo ✓\n");
    expect(statSync(path()).mode & 0o007).to.equal(0);
  });

  it("is no link, and has no other name, for who does not want that", () => {
    new LogFile(path()).write("one");
    const single = (name: string): void =>
      new LogFile(path(name), undefined, { links: false }).write("two");
    symlinkSync(path(), path("link.log"));
    expect(() => single("link.log")).to.throw(CannotLogError, /it is a link: name the file itself/);
    single("a.log");
    linkSync(path(), path("other.log"));
    for (const name of ["a.log", "other.log"]) {
      expect(() => single(name)).to.throw(CannotLogError, /it has other names, too/);
    }
    expect(textOf()).to.equal("one\ntwo\n");
  });

  it("is not given away where it is a device, which is everybody's", function () {
    const made = spawnSync("mknod", [path("device"), "c", "1", "3"]);
    // Only root may make one, and not everywhere.
    if (process.getuid?.() !== 0 || made.status !== 0) this.skip();
    for (const name of ["device", "a.log"]) new LogFile(path(name)).giveTo(65_534, 65_534);
    expect(["device", "a.log"].map((name) => statSync(path(name)).uid)).to.deep.equal([0, 65_534]);
  });

  describe("that is a named pipe", () => {
    beforeEach(function () {
      if (process.platform === "win32") this.skip();
      execFileSync("mkfifo", [path("pipe")]);
    });

    it("waits for no reader, but says that there is none", () => {
      for (const links of [true, false]) {
        expect(() => new LogFile(path("pipe"), undefined, { links })).to.throw(
          CannotLogError,
          /cannot write the log file .*pipe: it is a pipe that nobody reads, or a socket/,
        );
      }
    });

    it("gives its reader the lines, and those that find it full to somebody else", () => {
      const reader = openSync(path("pipe"), constants.O_RDONLY | constants.O_NONBLOCK);
      const elsewhere: string[] = [];
      try {
        const file = new LogFile(path("pipe"), (line) => elsewhere.push(line));
        file.write("one");
        const heard = Buffer.alloc(100);
        expect(heard.toString("utf8", 0, readSync(reader, heard))).to.equal("one\n");
        const long = "x".repeat(50_000);
        while (elsewhere.length < 2) file.write(long);
        expect(elsewhere[0]).to.match(/cannot be written: EAGAIN.*; until it can, its lines/);
        expect(elsewhere[1]).to.equal(long);
        const rest = Buffer.alloc(1e6);
        while (readSync(reader, rest) === rest.length);
        file.write("two");
        const length = readSync(reader, rest);
        expect(rest.toString("utf8", 0, length)).to.match(/\(1 lines are not here\)\ntwo\n$/);
      } finally {
        closeSync(reader);
      }
    });
  });

  it("goes on in a new file after the old one was renamed, and loses nothing", () => {
    const file = new LogFile(path());
    file.write("one");
    renameSync(path(), path("a.log.1"));
    file.write("two");
    file.reopen();
    file.write("three");
    expect([textOf("a.log.1"), textOf()]).to.deep.equal(["one\ntwo\n", "three\n"]);
  });

  it("goes on in the old one where it cannot be opened anew, and says so", () => {
    const said: string[] = [];
    const file = new LogFile(path("a.log"), (line) => said.push(line));
    renameSync(folder, `${folder}-moved`);
    file.reopen();
    file.write("still");
    renameSync(`${folder}-moved`, folder);
    expect(textOf()).to.equal("still\n");
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.match(/^The log file .*a\.log cannot be opened anew: ENOENT.*the old one$/);
  });

  it("cannot be opened where there is no folder", () => {
    expect(() => new LogFile(path("absent/a.log")))
      .to.throw(CannotLogError, /^cannot write the log file .*absent\/a\.log: ENOENT/)
      .with.property("code", "ERR_CANNOT_LOG");
  });

  const full = existsSync("/dev/full");
  it(`says once that the disk is full, and puts the lines elsewhere${
    full ? "" : " (not here: there is no /dev/full)"
  }`, function () {
    if (!full) this.skip();
    const said: string[] = [];
    const file = new LogFile("/dev/full", (line) => said.push(line));
    file.write("one");
    file.write("two");
    expect(said).to.have.lengthOf(3);
    expect(said[0]).to.match(
      /^The log file \/dev\/full cannot be written: ENOSPC.*; until it can, its lines are here:$/,
    );
    expect(said.slice(1)).to.deep.equal(["one", "two"]);
  });
});
