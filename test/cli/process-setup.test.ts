import { expect } from "chai";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { emptyFolder } from "../support/command-folder.ts";
import { expectMisuse, moduleFolder, reactor, start } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

function linkToPipe(name: string): void {
  execFileSync("mkfifo", [`${name}.pipe`]);
  symlinkSync(`${name}.pipe`, name);
}

describe("reactor: the process", () => {
  const temporary = emptyFolder();
  const path = moduleFolder({
    "waits.mjs": "export default () => console.log('up');",
    "stops.mjs": "export default (reactor) => reactor.callWhenRunning(() => reactor.stop());",
    "hangs.mjs": `export default (reactor) => {
      reactor.addSystemEventTrigger("before", "shutdown", () => new Promise(() => {}));
      console.log("up");
    };`,
    "dies.mjs": "export default () => queueMicrotask(() => { throw new Error('oh'); });",
    "works.mjs": `import { writeFileSync } from "node:fs";
      export default (reactor) => {
        writeFileSync("made", process.cwd());
        reactor.stop();
      };`,
    "busy.mjs": `export default (reactor) => {
      let n = 0;
      for (const end = Date.now() + 50; Date.now() < end; ) n += Math.sqrt(n);
      reactor.stop();
    };`,
  });
  const pidfile = (): string => temporary("a.pid");

  describe("--pidfile", () => {
    it("has the process' number while it runs, and is gone afterwards", async () => {
      const running = start(["--pidfile", pidfile(), path("waits.mjs")]);
      await running.printed("up");
      const pid = Number(readFileSync(pidfile(), "utf8"));
      expect(() => process.kill(pid, 0)).not.to.throw();
      running.kill("SIGTERM");
      expect((await running.ended).signal).to.equal("SIGTERM");
      expect(readdirSync(temporary())).to.deep.equal([]);
    });

    it("of a process that lives refuses another one, and stays", async () => {
      writeFileSync(pidfile(), `${process.pid}\n`);
      expect(await reactor("--pidfile", pidfile(), path("stops.mjs"))).to.deep.equal({
        status: 1,
        signal: null,
        stdout: "",
        stderr:
          `reactor: the pidfile ${pidfile()} is of process ${process.pid}, which runs: stop that ` +
          "first, or give another pidfile; if that process is something else, remove the file\n",
      });
      expect(readFileSync(pidfile(), "utf8")).to.equal(`${process.pid}\n`);
      expect(readdirSync(temporary())).to.deep.equal(["a.pid"]);
    });

    // The highest number that Linux gives a process is less.
    for (const stale of ["4194999\n", "", "not a number"]) {
      it(`with ${JSON.stringify(stale)} in it is replaced`, async () => {
        writeFileSync(pidfile(), stale);
        const { status, stderr } = await reactor("--pidfile", pidfile(), path("stops.mjs"));
        expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
        expect(existsSync(pidfile())).to.equal(false);
      });
    }

    it("that is stale is taken by one of several", async () => {
      writeFileSync(pidfile(), "4194999\n");
      const several = Array.from({ length: 4 }, () =>
        start(["--pidfile", pidfile(), path("waits.mjs")]),
      );
      const won = await Promise.all(
        several.map((running) => running.printed(/up|which runs/).then(([said]) => said === "up")),
      );
      expect(won.filter(Boolean)).to.have.lengthOf(1);
      several[won.indexOf(true)]?.kill("SIGTERM");
      const endings = await Promise.all(several.map(({ ended }) => ended));
      expect(endings.filter(({ status }) => status === 1)).to.have.lengthOf(3);
      expect(readdirSync(temporary())).to.deep.equal([]);
    });

    it("goes with a daemon that dies of an uncaught error", async () => {
      expect((await reactor("--pidfile", pidfile(), path("dies.mjs"))).status).to.equal(1);
      expect(existsSync(pidfile())).to.equal(false);
    });

    it("goes with a daemon that is ended at once by a second signal", async () => {
      const running = start(["--pidfile", pidfile(), path("hangs.mjs")]);
      await running.printed("up");
      running.kill("SIGTERM");
      await running.printed("once more");
      running.kill("SIGTERM");
      expect((await running.ended).signal).to.equal("SIGTERM");
      expect(existsSync(pidfile())).to.equal(false);
    });

    for (const [what, make] of [
      ["a pipe", (name: string) => void execFileSync("mkfifo", [name])],
      ["a link to a pipe", (name: string) => linkToPipe(name)],
      ["a folder", (name: string) => mkdirSync(name)],
    ] as const) {
      it(`that is ${what} is left alone, and not waited for`, async function () {
        if (process.platform === "win32") this.skip();
        make(pidfile());
        const before = lstatSync(pidfile());
        const { status, stderr } = await reactor("--pidfile", pidfile(), path("stops.mjs"));
        expect(status).to.equal(1);
        expect(stderr).to.match(/^reactor: the pidfile .*a\.pid is no file: give another one\n$/);
        const { ino, mode } = lstatSync(pidfile());
        expect({ ino, mode }).to.deep.equal({ ino: before.ino, mode: before.mode });
      });
    }

    it("that cannot be written is said", async () => {
      const file = temporary("no", "a.pid");
      const { status, stderr } = await reactor("--pidfile", file, path("stops.mjs"));
      expect(status).to.equal(1);
      expect(stderr).to.match(/^reactor: cannot write the pidfile .*a\.pid: ENOENT.*\n$/);
    });
  });

  it("--chdir has it work there, with what the command line names as it was", async () => {
    const { status, stderr } = await reactor("--chdir", temporary(), path("works.mjs"));
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(readFileSync(temporary("made"), "utf8")).to.equal(temporary());
    const ending = await reactor(
      "--chdir",
      temporary(),
      "--until=0.01",
      "test/fixtures/daemons/echo.js",
    );
    expect(ending).to.include({ status: 0, stderr: "" });
  });

  it("--chdir leaves --control and --variables where they were called from", async () => {
    const socket = join(tmpdir(), `skein-chdir-${process.pid}.sock`);
    writeFileSync(temporary("a.env"), "");
    const names = ["--control", relative(root, socket)];
    names.push("--variables", relative(root, temporary("a.env")));
    const running = start(["--chdir", temporary(), ...names, path("waits.mjs")]);
    await running.printed("up");
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(statSync(socket).isSocket()).to.equal(true);
    running.kill("SIGTERM");
    await running.ended;
  });

  it("--chdir to where no folder is fails", async () => {
    const { status, stderr } = await reactor("--chdir", temporary("no"), path("works.mjs"));
    expect(status).to.equal(1);
    expect(stderr).to.match(/^reactor: cannot work in .*no: ENOENT/);
  });

  it("--umask says what files are made with", async () => {
    await reactor("--umask", "077", "--chdir", temporary(), path("works.mjs"));
    expect(statSync(temporary("made")).mode & 0o777).to.equal(0o600);
  });

  it("--profile writes where the time went, for DevTools", async () => {
    const { status, stderr } = await reactor("--profile", temporary("p"), path("busy.mjs"));
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    const profile = JSON.parse(readFileSync(temporary("p"), "utf8")) as {
      nodes: { callFrame: { url: string } }[];
      samples: unknown[];
    };
    expect(profile.nodes.some(({ callFrame }) => callFrame.url.endsWith("busy.mjs"))).to.equal(
      true,
    );
    expect(profile.samples).not.to.have.lengthOf(0);
  });

  it("--profile that cannot be written is said at the start", async () => {
    const { status, stdout, stderr } = await reactor(
      "--profile",
      temporary("no", "p"),
      path("waits.mjs"),
    );
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr).to.match(/^reactor: cannot write the profile .*: ENOENT/);
  });

  const misuses: [args: string[], sentence: string][] = [
    [["--umask", "9", "x"], '--umask needs a mode in octal digits, like 027, not "9"'],
    [["--umask", "00777", "x"], '--umask needs a mode in octal digits, like 027, not "00777"'],
    [["--pidfile", "", "x"], "--pidfile needs a value"],
    [["--watch=yes", "x"], "--watch takes no value"],
  ];
  for (const [args, sentence] of misuses) {
    it(`is used wrongly: ${sentence}`, () => expectMisuse(args, sentence));
  }
});
