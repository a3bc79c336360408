import { expect } from "chai";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Pidfile } from "../../src/cli/pidfile.ts";
import { emptyFolder } from "../support/command-folder.ts";
import { type Ending, expectMisuse, moduleFolder, reactor, start } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

const SKEIN = JSON.stringify(pathToFileURL(join(root, "dist", "index.js")).href);
const WHO = `[process.getuid(), process.getgid(), process.getgroups()].join(" ")`;
const isRoot = process.getuid?.() === 0;

describe("reactor: the user that it becomes", () => {
  const temporary = emptyFolder();
  const path = moduleFolder({
    "plain.mjs": `export default async (reactor) => {
      const protocol = { doStart() {}, doStop() {}, buildProtocol: () => null };
      await reactor.listenTCP(83, protocol, { interface: "127.0.0.1" });
      console.log("bound as", process.getuid());
      reactor.callLater(0.05, () => { console.log("then", ${WHO}); reactor.stop(); });
    };`,
    "service.mjs": `import { Service } from ${SKEIN};
      class Three extends Service {
        privilegedStart() { console.log("privileged", process.getuid()); }
        start() { console.log("start", ${WHO}); }
        stop() { console.log("stop", process.getuid()); }
      }
      export default (reactor) => {
        reactor.callLater(0.05, () => reactor.stop());
        return new Three();
      };`,
    "waits.mjs": `import { logger } from ${SKEIN};
      export default (reactor) => {
        reactor.callLater(0.05, () => logger(reactor).info("as " + process.getuid()));
      };`,
    "says.mjs": `export default (reactor) => {
      const say = () => {
        if (process.getuid() === 0) reactor.callLater(0.01, say);
        else console.log("as", process.getuid());
      };
      say();
      reactor.callLater(3600, () => {});
    };`,
    "runs.mjs": "export default (reactor) => { console.log('ran'); reactor.stop(); };",
  });
  const asNobody = (daemon: string): Promise<Ending> =>
    reactor("--uid", "nobody", "--gid", "nogroup", path(daemon));

  if (!isRoot) {
    it("cannot be another one unless the command is started as root", () =>
      expectMisuse(
        ["--uid", "0", path("runs.mjs")],
        "--uid 0 needs a command that is started as root",
      ));
  }

  const only = isRoot ? it : it.skip;
  const note = isRoot ? "" : " (not here: needs root)";

  only(`a function's ports are open before${note}`, async () => {
    expect(await asNobody("plain.mjs")).to.deep.equal({
      status: 0,
      signal: null,
      stdout: "bound as 0\nthen 65534 65534 65534\n",
      stderr: "",
    });
  });

  only(`a service starts in two steps, before and after${note}`, async () => {
    const { status, stdout, stderr } = await asNobody("service.mjs");
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.equal("privileged 0\nstart 65534 65534 65534\nstop 65534\n");
  });

  only(`its group is the user's unless given, and numbers need no name${note}`, async () => {
    const { stdout } = await reactor("--uid", "nobody", path("plain.mjs"));
    expect(stdout).to.equal("bound as 0\nthen 65534 65534 65534\n");
    const numbers = await reactor("--uid", "12345", "--gid", "54321", path("plain.mjs"));
    expect(numbers.stdout).to.equal("bound as 0\nthen 12345 54321 54321\n");
  });

  only(`it can open its log anew, and leaves no pidfile that counts${note}`, async () => {
    // Of root, as /run is: nobody may not remove files there.
    mkdirSync(temporary("run"));
    mkdirSync(temporary("log"));
    chmodSync(temporary(), 0o755);
    chmodSync(temporary("log"), 0o777);
    const log = temporary("log", "a.log");
    const pidfile = temporary("run", "a.pid");
    const options = ["--uid", "nobody", "--log-file", log, "--pidfile", pidfile];
    const running = start([...options, path("waits.mjs")]);
    const textOf = (file: string): string => {
      try {
        return readFileSync(file, "utf8");
      } catch {
        return "";
      }
    };
    const until = async (settled: () => boolean): Promise<void> => {
      while (!settled()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(() => textOf(log).includes("as 65534"));
    renameSync(log, `${log}.1`);
    running.kill("SIGHUP");
    await until(() => statSync(log, { throwIfNoEntry: false }) !== undefined);
    expect(statSync(log).uid).to.equal(65_534);
    running.kill("SIGTERM");
    expect((await running.ended).signal).to.equal("SIGTERM");
    expect(textOf(pidfile)).to.equal("");
    expect((await reactor("--pidfile", pidfile, path("runs.mjs"))).status).to.equal(0);
  });

  only(`its log is no link that others may have put there${note}`, async () => {
    writeFileSync(temporary("precious"), "kept");
    symlinkSync(temporary("precious"), temporary("a.log"));
    linkSync(temporary("precious"), temporary("b.log"));
    for (const [name, why] of [
      ["a.log", "it is a link"],
      ["b.log", "it has other names, too"],
    ] as const) {
      const options = ["--uid", "nobody", "--log-file", temporary(name)];
      const { status, stderr } = await reactor(...options, path("waits.mjs"));
      expect(status).to.equal(1);
      expect(stderr).to.include(`cannot write the log file ${temporary(name)}: ${why}`);
    }
    expect(readFileSync(temporary("precious"), "utf8")).to.equal("kept");
    expect(statSync(temporary("precious")).uid).to.equal(0);
  });

  only(`its pidfile is given to it, and not what was put there instead${note}`, () => {
    const pidfile = new Pidfile(temporary("b.pid"));
    writeFileSync(temporary("mine"), "");
    for (const replace of [symlinkSync, linkSync]) {
      unlinkSync(temporary("b.pid"));
      replace(temporary("mine"), temporary("b.pid"));
      expect(() => pidfile.giveTo(65_534, 65_534)).to.throw(/^cannot give the pidfile .* away: /);
      expect(statSync(temporary("mine")).uid).to.equal(0);
    }
  });

  only(`it has the control socket, where it could not have made it${note}`, async () => {
    mkdirSync(temporary("run"));
    chmodSync(temporary(), 0o755);
    const socket = temporary("run", "a.sock");
    const running = start(["--uid", "nobody", "--control", socket, path("says.mjs")]);
    await running.printed("as 65534");
    expect(statSync(socket).uid).to.equal(65_534);
    running.kill("SIGTERM");
    expect((await running.ended).signal).to.equal("SIGTERM");
    // What is left of it is in nobody's way.
    expect((await reactor("--control", socket, path("runs.mjs"))).status).to.equal(0);
  });

  const misuses: [args: string[], sentence: string][] = [
    [["--uid", "no-such-user"], '--uid: there is no user called "no-such-user"'],
    [["--gid", "no-such-group"], '--gid: there is no group called "no-such-group"'],
    [["--uid", "12345"], "--uid 12345: that user is not known here, so give --gid too"],
    [["--uid="], "--uid needs a value"],
    [["--uid", "-u"], '--uid: there is no user called "-u"'],
  ];
  for (const [args, sentence] of misuses) {
    it(`is used wrongly: ${sentence}`, () => expectMisuse([...args, path("runs.mjs")], sentence));
  }
});
