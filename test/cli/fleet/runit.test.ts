import { expect } from "chai";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { observe, type Running } from "../../support/command.ts";
import { FLEET_TEST_MS, freePort, hear, isAlive, readyPids } from "../../support/fleet-command.ts";
import { needsCommand } from "../../support/needs-command.ts";
import { root } from "../../support/read-sources.ts";
import { load, NO_ERRORS } from "../../support/wrk.ts";

/** The script that docs/production.md has for runit. */
function scriptOfDocs(): string {
  const text = readFileSync(join(root, "docs", "production.md"), "utf8");
  return /```sh file=run\n([^]*?)```/.exec(text)?.[1] ?? "";
}

describe("a daemon under runit", function () {
  this.timeout(FLEET_TEST_MS);
  const folder = mkdtempSync(join(tmpdir(), "skein-runit-"));
  const service = join(folder, "services", "web");
  let runsvdir: ChildProcess;
  let output: Running;
  let port: number;

  before(async function () {
    needsCommand(this, spawnSync("runsvdir"), "runsvdir", "runit");
    needsCommand(this, spawnSync("wrk", ["-v"]), "wrk", "wrk");
    port = await freePort();
    mkdirSync(service, { recursive: true });
    writeFileSync(join(service, "run"), scriptOfDocs());
    chmodSync(join(service, "run"), 0o755);
    runsvdir = spawn("runsvdir", [join(folder, "services")], {
      env: {
        ...process.env,
        PATH: `${join(process.execPath, "..")}:${process.env["PATH"]}`,
        REACTOR: join(root, "dist", "cli", "main.js"),
        DAEMON: join(root, "test", "fixtures", "daemons", "http.js"),
        CONTROL: join(folder, "control.sock"),
        PORT: String(port),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    output = observe(runsvdir);
    await readyPids(output, 2);
  });

  after(async () => {
    if (runsvdir === undefined) return;
    spawnSync("sv", ["-w", "8", "force-shutdown", service]);
    // It ends, and leaves no service behind.
    runsvdir.kill("SIGHUP");
    if (runsvdir.exitCode === null) await once(runsvdir, "exit");
    rmSync(folder, { recursive: true, force: true });
  });

  const sv = (what: string): void => {
    expect(spawnSync("sv", [what, service]).status).to.equal(0);
  };

  it("survives a rolling restart under load", async () => {
    const loaded = load(`http://127.0.0.1:${port}/`, 32, output.printed("reactor: restarted"));
    sv("2");
    const { requests, errors } = await loaded;
    expect(errors).to.deep.equal(NO_ERRORS);
    expect(requests).to.be.greaterThan(100);
  });

  it("is started again when its first process is killed", async () => {
    const pid = Number(readFileSync(join(service, "supervise", "pid"), "utf8"));
    process.kill(pid, "SIGKILL");
    await readyPids(output, 6);
    const text = await hear({ port, host: "127.0.0.1" }, "GET / HTTP/1.0\r\n\r\n");
    expect(text).to.match(/^HTTP\/1\.1 200 OK/);
    expect(isAlive(pid)).to.equal(false);
  });
});
