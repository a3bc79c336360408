import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleFolder, start } from "../support/command.ts";
import { needsCommand } from "../support/needs-command.ts";
import { type NotifySocket, openNotifySocket } from "../support/notify-socket.ts";

describe("reactor under systemd", function () {
  this.timeout(40_000);
  const path = moduleFolder({
    "slow.mjs": `export default (reactor) => new Promise((resolve) => {
      console.log("starting", process.env.NOTIFY_SOCKET, process.env.WATCHDOG_USEC);
      reactor.callLater(0.3, () => { console.log("started"); resolve(); });
    });`,
    "fails.mjs": "export default () => { throw new Error('no database'); };",
  });
  let socket: NotifySocket | undefined;
  before(function () {
    needsCommand(this, spawnSync("systemd-notify", ["--version"]), "systemd-notify", "systemd");
    needsCommand(this, spawnSync("/usr/bin/python3", ["--version"]), "python3", "python3");
  });
  afterEach(() => socket?.close());

  const ready = (pid: string): string => `READY=1 STATUS=running MAINPID=${pid}`;
  const STOPPING = "STOPPING=1 STATUS=stopping";

  for (const kind of ["path", "abstract name"] as const) {
    it(`says by a socket with a ${kind} when the daemon has started, and stops`, async () => {
      const name =
        kind === "path"
          ? join(tmpdir(), `skein-notify-${process.pid}`)
          : `@skein-notify-${process.pid}`;
      socket = await openNotifySocket(name);
      const daemon = start([path("slow.mjs")], [], { NOTIFY_SOCKET: name });
      await daemon.printed("starting undefined undefined");
      expect(socket.messages).to.deep.equal([]);
      await socket.received(1);
      await daemon.printed("started");
      daemon.kill("SIGTERM");
      expect((await daemon.ended).signal).to.equal("SIGTERM");
      expect(socket.messages[0]).to.match(/^READY=1 STATUS=running MAINPID=\d+$/);
      expect(socket.messages.slice(1)).to.deep.equal([STOPPING]);
      if (kind === "path") rmSync(name);
    });
  }

  it("says twice in the watchdog's time that it is there", async () => {
    const name = `@skein-watchdog-${process.pid}`;
    socket = await openNotifySocket(name);
    const env = { NOTIFY_SOCKET: name, WATCHDOG_USEC: "400000" };
    const daemon = start([path("slow.mjs")], [], env);
    await socket.received(4);
    daemon.kill("SIGTERM");
    await daemon.ended;
    expect(socket.messages.slice(1, 4)).to.deep.equal(["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
  });

  it("says nothing of a daemon that fails to start but that it stops", async () => {
    const name = `@skein-fails-${process.pid}`;
    socket = await openNotifySocket(name);
    const daemon = start([path("fails.mjs")], [], { NOTIFY_SOCKET: name });
    expect((await daemon.ended).status).to.equal(1);
    expect(socket.messages).to.deep.equal([STOPPING]);
  });

  it("with --processes speaks for all: ready, restarting, ready, stopping", async () => {
    const name = `@skein-fleet-${process.pid}`;
    socket = await openNotifySocket(name);
    const fleet = start(
      ["--processes", "2", path("slow.mjs")],
      [],
      { NOTIFY_SOCKET: name },
      30_000,
    );
    await socket.received(1);
    fleet.kill("SIGUSR2");
    await socket.received(3);
    fleet.kill("SIGTERM");
    await fleet.ended;
    const [first = ""] = socket.messages;
    expect(socket.messages).to.deep.equal([
      ready(/MAINPID=(\d+)/.exec(first)?.[1] ?? ""),
      "RELOADING=1 STATUS=restarting, one process after another",
      first,
      STOPPING,
    ]);
  });

  it("says once that systemd cannot be told, and runs on", async () => {
    const env = { NOTIFY_SOCKET: "/no/such/socket", WATCHDOG_USEC: "100000" };
    const daemon = start(["--until", "1", path("slow.mjs")], [], env);
    const { status, stderr } = await daemon.ended;
    expect(status).to.equal(0);
    expect(stderr).to.match(/^reactor: systemd cannot be told .*No such file.*Type=exec.*\n$/);
    const without = start(["--until", "1", path("slow.mjs")], [], { ...env, PATH: "/nowhere" });
    expect((await without.ended).stderr).to.match(/systemd-notify: .* install it/);
  });
});
