import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { emptyFolder } from "../support/command-folder.ts";
import { expectMisuse, moduleFolder, reactor, start } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

const SKEIN = JSON.stringify(pathToFileURL(join(root, "dist", "index.js")).href);
const CLOCK = ["--backend", "clock"];

describe("reactor: the log", () => {
  const temporary = emptyFolder();
  const path = moduleFolder({
    "says.mjs": `import { fail, logger } from ${SKEIN};
      export default (reactor) => {
        const log = logger(reactor);
        for (const level of ["debug", "info", "warn", "error"]) log[level]("a " + level, { n: 1 });
        reactor.callLater(60, () => fail(new RangeError("nobody looks")));
        reactor.callLater(61, () => reactor.stop());
      };`,
    "beats.mjs": `import { logger, LoopingCall } from ${SKEIN};
      export default (reactor) => {
        let n = 0;
        const beat = new LoopingCall(reactor, () => logger(reactor).info("beat " + n++));
        void beat.start(0.01);
      };`,
    "loads.mjs": `import { logger } from ${SKEIN};
      // Until the signal has come.
      await new Promise((resolve) => {
        const waiting = setInterval(() => {}, 1000);
        process.once("SIGHUP", () => resolve(clearInterval(waiting)));
        console.log("loading");
      });
      export default (reactor) => {
        logger(reactor).info("loaded");
        reactor.stop();
      };`,
    "dies.mjs": `export default () => queueMicrotask(() => { throw new Error("uncaught one"); });`,
    "fails.mjs": `export default () => { throw new Error("no start"); };`,
  });
  const daemon = path("says.mjs");
  const textOf = (name: string): string => readFileSync(temporary(name), "utf8");

  it("goes to standard error, in lines for people", async () => {
    const { status, stdout, stderr } = await reactor(...CLOCK, daemon);
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "" });
    const [first, ...more] = stderr.split("\n");
    expect(first).to.equal("2000-01-01T00:00:00.000Z info  a info n=1");
    expect(more.slice(0, 4)).to.deep.equal([
      "2000-01-01T00:00:00.000Z warn  a warn n=1",
      "2000-01-01T00:00:00.000Z error a error n=1",
      "2000-01-01T00:01:00.000Z error unhandled failure in a Deferred",
      "    RangeError: nobody looks",
    ]);
  });

  it("has the same lines each time on virtual time", async () => {
    const first = await reactor(...CLOCK, daemon);
    expect(await reactor(...CLOCK, daemon)).to.deep.equal(first);
  });

  it("--log-level leaves out what is less", async () => {
    const levels = async (level: string): Promise<string[]> => {
      const { stderr } = await reactor(...CLOCK, "--log-level", level, daemon);
      return [...stderr.matchAll(/Z (\w+) +a /g)].map(([, found = ""]) => found);
    };
    expect(await levels("error")).to.deep.equal(["error"]);
    expect(await levels("debug")).to.deep.equal(["debug", "info", "warn", "error"]);
  });

  it("--log-format json is an object a line", async () => {
    const { stderr } = await reactor(...CLOCK, "--log-format=json", daemon);
    const events = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).to.deep.equal({
      time: "2000-01-01T00:00:00.000Z",
      level: "info",
      message: "a info",
      n: 1,
    });
    expect(events[3]).to.have.nested.property("error.type", "RangeError");
  });

  it("--log-file is added to, and opened anew at SIGHUP, with no line lost", async () => {
    const running = start(["--log-file", temporary("a.log"), path("beats.mjs")]);
    const beats = (name: string): number[] =>
      existsSync(temporary(name))
        ? [...textOf(name).matchAll(/beat (\d+)\n/g)].map(([, n]) => Number(n))
        : [];
    const until = async (settled: () => boolean): Promise<void> => {
      while (!settled()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(() => beats("a.log").length > 2);
    renameSync(temporary("a.log"), temporary("a.log.1"));
    running.kill("SIGHUP");
    await until(() => beats("a.log").length > 2);
    running.kill("SIGTERM");
    const { signal, stderr } = await running.ended;
    expect(signal).to.equal("SIGTERM");
    expect(stderr).to.equal("reactor: SIGTERM: stopping; once more to stop at once\n");
    const all = [...beats("a.log.1"), ...beats("a.log")];
    expect(all).to.deep.equal(all.map((_, i) => i));
  });

  it("--log-file is opened anew at SIGHUP while the daemon is loaded, too", async () => {
    const running = start(["--log-file", temporary("a.log"), path("loads.mjs")]);
    await running.printed("loading");
    renameSync(temporary("a.log"), temporary("a.log.1"));
    running.kill("SIGHUP");
    expect((await running.ended).signal).to.equal(null);
    expect(textOf("a.log")).to.include("loaded");
    expect(textOf("a.log.1")).to.equal("");
  });

  it("--log-file that is full costs no line and no daemon", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const ending = await reactor(...CLOCK, "--log-file", "/dev/full", daemon);
    expect(ending.status).to.equal(0);
    const [first, ...more] = ending.stderr.split("\n");
    expect(first).to.match(/^The log file \/dev\/full cannot be written: ENOSPC.*lines are here:$/);
    expect(more[0]).to.equal("2000-01-01T00:00:00.000Z info  a info n=1");
    expect(ending.stderr.match(/cannot be written/g)).to.have.lengthOf(1);
  });

  it("--log-file that cannot be opened is said at the start", async () => {
    const { status, stderr } = await reactor("--log-file", temporary("no", "a.log"), daemon);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^reactor: cannot write the log file .*no\/a\.log: ENOENT.*\n$/);
  });

  it("--log-file that is a pipe without a reader is said at the start", async function () {
    if (process.platform === "win32") this.skip();
    execFileSync("mkfifo", [temporary("pipe")]);
    const { status, stderr } = await reactor("--log-file", temporary("pipe"), daemon);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^reactor: cannot write the log file .*: it is a pipe that nobody rea/);
  });

  for (const [name, why] of [
    ["dies.mjs", "uncaught one"],
    ["fails.mjs", "no start"],
  ] as const) {
    it(`--log-file has why ${name} has ended`, async () => {
      const { status } = await reactor("--log-file", temporary("a.log"), path(name));
      expect(status).to.equal(1);
      expect(textOf("a.log")).to.match(new RegExp(`Z error .*\\n {4}Error: ${why}\\n`));
    });
  }

  const words = "needs one of debug, info, warn, error, not";
  const misuses: [args: string[], sentence: string][] = [
    [["--log-level", "wran", "x"], `--log-level ${words} "wran"; did you mean warn?`],
    [["--log-format", "xml", "x"], '--log-format needs one of text, json, not "xml"'],
    [["--log-file", "", "x"], "--log-file needs a value"],
  ];
  for (const [args, sentence] of misuses) {
    it(`is used wrongly: ${sentence}`, () => expectMisuse(args, sentence));
  }
});
