import { expect } from "chai";
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReactor } from "skein/reactor";
import { needsChromium } from "../../browser/chromium.ts";
import { textOfPage } from "../../browser/read-page.ts";
import { expectMisuse, moduleFolder, reactor, start } from "../../support/command.ts";
import { withFleet } from "../../support/fleet-command.ts";
import { root } from "../../support/read-sources.ts";
import { describeWithTerminals, TerminalProbe } from "../../support/terminals.ts";

const ESC = "\u001B[";

describe("reactor top", function () {
  this.timeout(40_000);
  const path = moduleFolder({
    "idle.mjs": `export default (reactor) => {
      reactor.callLater(3600, () => {});
      console.log("pid " + process.pid);
    };`,
  });
  const socket = join(tmpdir(), `skein-top-${process.pid}.sock`);

  it("shows a daemon once, where there is no terminal; found by its PID", async () => {
    const daemon = start(["--control", "auto", path("idle.mjs")]);
    const [, pid = ""] = await daemon.printed(/pid (\d+)/);
    const [said] = await daemon.printed(/reactor: .*top.*/);
    const { status, stdout } = await reactor("top", pid, "--every", "0.2");
    daemon.kill("SIGTERM");
    await daemon.ended;
    expect(said).to.equal(`reactor: how it fares: reactor top ${pid}`);
    expect(status).to.equal(0);
    expect(stdout).to.match(new RegExp(`\\n1 +${pid}  running +\\d+s +\\d+%`));
    expect(stdout).to.match(/1: .*\d × delayed call/);
  });

  it("shows all processes of a fleet; its socket is its user's, and goes with it", async () => {
    await withFleet(["--control", socket, path("idle.mjs")], async (fleet, pids) => {
      expect(statSync(socket).mode & 0o777).to.equal(0o600);
      const { stdout } = await reactor("top", socket, "--json");
      const { processes } = JSON.parse(stdout) as {
        processes: { pid: number; statistics: object }[];
      };
      expect(processes.map(({ pid }) => pid)).to.deep.equal(pids);
      for (const { statistics } of processes) expect(statistics).to.include({ running: true });
      fleet.kill("SIGTERM");
      await fleet.ended;
      expect(() => statSync(socket)).to.throw();
    });
  });

  it("fails in a sentence where nobody listens, and says what to do", async () => {
    expect(await reactor("top", "/no/such.sock")).to.deep.equal({
      status: 1,
      signal: null,
      stdout: "",
      stderr:
        "reactor: nobody listens on /no/such.sock: no such file; " +
        "start the daemon with --control auto\n",
    });
  });

  it("says how it is used", async () => {
    await expectMisuse(
      ["top"],
      "reactor top needs the process id of a daemon, or the path of its control socket, before " +
        "its options: reactor top 1234 --once",
    );
    await expectMisuse(
      ["top", "x", "--every", "0"],
      "--every needs seconds from 0.1 to 3600, not 0",
    );
    await expectMisuse(
      ["top", "x", "--web", "70000"],
      "--web needs a port, from 0 to 65535, not 70000",
    );
    await expectMisuse(
      ["--backend", "clock", "--control", "x", path("idle.mjs")],
      "--control needs real sockets: the backend clock has none; use libuv",
    );
  });

  it("a control socket that cannot be had ends the daemon, and a fleet", async () => {
    for (const more of [[], ["--processes", "2"]]) {
      const { status, stderr } = await reactor(
        ...more,
        "--control",
        "/no/x.sock",
        path("idle.mjs"),
      );
      expect(status).to.equal(1);
      expect(stderr).to.include("reactor: cannot listen on /no/x.sock: there is no directory /no");
    }
  });

  describe("--web", () => {
    it("is a page for this machine, that a browser keeps up to date", async function () {
      needsChromium(this);
      await withFleet(["--control", socket, path("idle.mjs")], async (_, pids) => {
        const top = start(["top", socket, "--every", "0.1", "--web", "0"]);
        const [, url = ""] = await top.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/);
        const page = await textOfPage(url, /2 processes[^]*running[^]*running/);
        top.kill("SIGTERM");
        await top.ended;
        for (const pid of pids) expect(page).to.include(String(pid));
      });
    });

    it("ends its answers when it stops, which have no end of their own", async () => {
      const daemon = start(["--control", socket, path("idle.mjs")]);
      await daemon.printed("pid");
      const top = start(["top", socket, "--web", "0"]);
      const [, url = ""] = await top.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/);
      const events = await fetch(`${url}events`);
      top.kill("SIGTERM");
      // It would fail if the connection were cut off.
      expect(await events.text()).to.match(/^retry: 2000\n/);
      await top.ended;
      daemon.kill("SIGTERM");
      await daemon.ended;
    });

    it("answers no other name, method or path", async () => {
      const top = start(["top", socket, "--web", "0"]);
      const [, url = ""] = await top.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/);
      const ask = (more: RequestInit & { path?: string }): Promise<number> =>
        fetch(url + (more.path ?? ""), more).then(({ status }) => status);
      expect(await ask({})).to.equal(200);
      expect(await ask({ method: "POST" })).to.equal(405);
      expect(await ask({ path: "etc/passwd" })).to.equal(404);
      top.kill("SIGTERM");
      await top.ended;
    });
  });

  describeWithTerminals("on a terminal", () => {
    it("draws over itself, and leaves the terminal as it was, at q", async () => {
      const daemon = start(["--control", socket, path("idle.mjs")]);
      await daemon.printed("pid");
      const libuv = createReactor("libuv");
      const stopped = libuv.run();
      const probe = new TerminalProbe();
      const transport = await libuv.spawnProcess(probe, process.execPath, {
        args: [join(root, "dist", "cli", "main.js"), "top", socket, "--every", "0.1"],
        pty: { columns: 40, rows: 10 },
      });
      const until = async (what: RegExp): Promise<void> => {
        while (!what.test(probe.out)) {
          await new Promise<void>((resolve) => (probe.onData = resolve));
        }
      };
      await until(/running[^]*running/);
      transport.resize(100, 20);
      await until(/OUT\/s/);
      transport.write("q");
      await probe.whenEnded;
      daemon.kill("SIGTERM");
      await daemon.ended;
      libuv.stop();
      await stopped;
      expect(probe.out.startsWith(`${ESC}?1049h${ESC}?25l`)).to.equal(true);
      expect(probe.out.endsWith(`${ESC}?25h${ESC}?1049l`)).to.equal(true);
    });
  });
});
