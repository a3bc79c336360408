import { expect } from "chai";
import dgram from "node:dgram";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectMisuse, moduleFolder, reactor, start } from "../../support/command.ts";
import {
  FLEET_TEST_MS,
  freePort,
  hear,
  isAlive,
  readyPids,
  withFleet,
} from "../../support/fleet-command.ts";

const PLACES = "test/fixtures/daemons/places.js";

describe("reactor --processes", function () {
  this.timeout(FLEET_TEST_MS);
  const path = moduleFolder({
    "idle.mjs": "export default (reactor) => { reactor.callLater(3600, () => {}); };",
    "sticks.mjs": `export default (reactor) => {
      reactor.callLater(3600, () => {});
      process.on("SIGUSR1", () => { for (;;); });
    };`,
    "fails.mjs": "export default () => { throw new Error('no database'); };",
    "dies.mjs": `export default (reactor) => {
      reactor.callLater(0.01, () => process.exit(7));
    };`,
    "done.mjs": "export default (reactor) => { reactor.callLater(0.1, () => reactor.stop()); };",
    "hangs.mjs": `export default (reactor) => {
      reactor.addSystemEventTrigger("before", "shutdown", () => new Promise(() => {}));
    };`,
    "says.mjs": `export default (reactor) => {
      process.stdout.write("one\\ntwo");
      console.error("three");
    };`,
    "logs.mjs": `export default (reactor) => {
      reactor.callLater(0, () => { throw new Error("in a delayed call"); });
      reactor.callLater(3600, () => {});
    };`,
    "variables.mjs": `export default () => console.log("tea is", process.env.TEA);`,
    "bound.mjs": `export default (reactor) =>
      reactor.listenTCP(70000, {});`,
    // As if this were before anything listens to signals.
    "slow.mjs": `const [reopen] = process.listeners("SIGHUP");
      process.off("SIGHUP", reopen);
      console.log("loading");
      await new Promise((resolve) => setTimeout(resolve, 500));
      process.on("SIGHUP", reopen);
      export default (reactor) => { reactor.callLater(3600, () => {}); };`,
    "loading.mjs": `console.log("loading");
      setInterval(() => {}, 1000);
      await new Promise(() => {});`,
  });

  it("has all processes answer on one port", async () => {
    const port = await freePort();
    await withFleet([PLACES, "--at", `tcp:${port}:interface=127.0.0.1`], async (_, pids) => {
      const heard = new Set<string>();
      for (let i = 0; i < 8; i++) heard.add(await hear({ port, host: "127.0.0.1" }));
      expect([...heard].map(Number)).to.have.members(pids);
    });
  });

  it("shares a UNIX socket, of its mode, in the place of a dead one", async () => {
    const name = join(tmpdir(), `skein-fleet-${process.pid}.sock`);
    // What a process leaves that was killed.
    const dead = start([PLACES, "--at", `unix:${name}`]);
    while (!existsSync(name)) await new Promise((resolve) => setTimeout(resolve, 10));
    dead.kill("SIGKILL");
    await dead.ended;
    expect(existsSync(name)).to.equal(true);
    await withFleet([PLACES, "--at", `unix:${name}:mode=600`], async (fleet, pids) => {
      expect(statSync(name).mode & 0o777).to.equal(0o600);
      const heard = new Set<string>();
      for (let i = 0; i < 8; i++) heard.add(await hear({ path: name }));
      expect([...heard].map(Number)).to.have.members(pids);
      fleet.kill("SIGTERM");
      await fleet.ended;
      expect(existsSync(name)).to.equal(false);
    });
  });

  it("leaves a UNIX socket alone that another program has, and says so", async () => {
    const name = join(tmpdir(), `skein-fleet-taken-${process.pid}.sock`);
    const server = net.createServer().listen(name);
    await once(server, "listening");
    const { status, stderr } = await reactor("--processes", "2", PLACES, "--at", `unix:${name}`);
    server.close();
    expect(status).to.equal(1);
    expect(stderr).to.match(/^1: reactor: cannot listen on .*: another program listens there/);
  });

  it("has each datagram answered by one of the processes", async () => {
    const port = await freePort();
    await withFleet([PLACES, "--udp", String(port)], async (_, pids) => {
      const socket = dgram.createSocket("udp4");
      socket.send("who?", port, "127.0.0.1");
      const [answer] = (await once(socket, "message")) as [Buffer];
      socket.close();
      expect(pids).to.include(Number(answer.toString()));
    });
  });

  it("replaces one that was killed", async () => {
    await withFleet([path("idle.mjs")], async (fleet, [first]) => {
      process.kill(first as number, "SIGKILL");
      await fleet.printed(
        /process 1 \(pid \d+\) has ended \(SIGKILL\); another is started in 0.2 s/,
      );
      const [, , , third] = [0, ...(await readyPids(fleet, 3))];
      expect(isAlive(third as number)).to.equal(true);
    });
  });

  it("replaces one that hangs, and leaves those alone that work", async () => {
    const args = ["--hang-timeout", "1", path("sticks.mjs")];
    await withFleet(args, async (fleet, [first, second]) => {
      process.kill(first as number, "SIGUSR1");
      await fleet.printed(/process 1 \(pid \d+\) hangs since 1 s: killed/);
      const third = (await readyPids(fleet, 3))[2] as number;
      expect([second as number, third].map(isAlive)).to.deep.equal([true, true]);
      expect(isAlive(first as number)).to.equal(false);
    });
  });

  it("--hang-timeout is a time, of a fleet", async () => {
    await expectMisuse(
      ["--processes", "2", "--hang-timeout", "0", path("idle.mjs")],
      "--hang-timeout needs seconds over 0: each is asked within them",
    );
    await expectMisuse(
      ["--hang-timeout", "10", path("idle.mjs")],
      "--hang-timeout needs --processes: somebody has to ask",
    );
  });

  it("gives up on a daemon that dies at once, again and again", async () => {
    const { status, stderr } = await reactor("--processes", "1", path("dies.mjs"));
    expect(status).to.equal(1);
    expect(stderr.trimEnd().split("\n").at(-1)).to.match(
      /^reactor: process 5 .* has ended \(status 7\): 5 in a row have ended soon after their start/,
    );
  });

  it("fails once, and as one process would, when the daemon cannot start", async () => {
    const { status, stderr } = await reactor("--processes", "3", path("fails.mjs"));
    expect(status).to.equal(1);
    expect(stderr.match(/no database/g)).to.have.lengthOf(1);
    const misused = await reactor("--processes", "3", path("bound.mjs"));
    expect(misused.status).to.equal(2);
    expect(misused.stderr).to.match(/^1: reactor: 70000 is not a port/);
  });

  it("ends well when all of its processes have done their work", async () => {
    const { status, stderr } = await reactor("--processes", "2", path("done.mjs"));
    expect(status).to.equal(0);
    expect(stderr).to.include("process 1").and.to.include("has done its work");
  });

  it("tells apart what they print", async () => {
    const { stdout, stderr } = await reactor("--until", "2", "--processes", "2", path("says.mjs"));
    expect(stdout.split("\n").sort()).to.deep.equal(["", "1: one", "1: two", "2: one", "2: two"]);
    expect(
      stderr
        .split("\n")
        .filter((line) => line.includes("three"))
        .sort(),
    ).to.deep.equal(["1: three", "2: three"]);
  });

  it("makes their numbers a field of what they log in JSON", async () => {
    await withFleet(["--log-format", "json", path("logs.mjs")], async (fleet) => {
      for (const id of [1, 2]) {
        const [line = ""] = await fleet.printed(new RegExp(`^\\{"process":${id},.*$`, "m"));
        expect(JSON.parse(line)).to.include({ process: id });
      }
    });
  });

  it("holds one pidfile, that of the first process", async () => {
    const pidfile = path("fleet.pid");
    await withFleet(["--pidfile", pidfile, path("idle.mjs")], async (fleet, pids) => {
      const pid = Number(readFileSync(pidfile, "utf8"));
      expect(isAlive(pid)).to.equal(true);
      expect(pids).to.not.include(pid);
      fleet.kill("SIGTERM");
      await fleet.ended;
      expect(existsSync(pidfile)).to.equal(false);
    });
  });

  it("opens the log anew in all processes on SIGHUP", async () => {
    const log = path("fleet.log");
    await withFleet(["--log-file", log, path("logs.mjs")], async (fleet, pids) => {
      renameSync(log, `${log}.1`);
      fleet.kill("SIGHUP");
      while (!existsSync(log)) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(pids.map(isAlive)).to.deep.equal([true, true]);
      // The file is of all of them.
      const logged = readFileSync(`${log}.1`, "utf8");
      for (const id of [1, 2]) expect(logged).to.match(new RegExp(` process=${id}$`, "m"));
    });
  });

  it("ends no process on SIGHUP that is still starting", async () => {
    const log = path("starting.log");
    const fleet = start(["--processes", "1", "--log-file", log, path("slow.mjs")]);
    await fleet.printed("1: loading");
    renameSync(log, `${log}.1`);
    fleet.kill("SIGHUP");
    expect((await fleet.printed(/process 1 .* (?:is ready|has ended)/))[0]).to.include("is ready");
    while (!existsSync(log)) await new Promise((resolve) => setTimeout(resolve, 10));
    fleet.kill("SIGTERM");
    await fleet.ended;
  });

  it("does not go with --seed", () =>
    expectMisuse(
      ["--processes", "2", "--seed", "7", path("idle.mjs")],
      "--seed is for virtual time: it does not go with --processes",
    ));

  for (const flag of ["--watch", "--profile=x"]) {
    it(`does not go with ${flag}`, async () => {
      await expectMisuse(
        ["--processes", "2", flag, path("idle.mjs")],
        `${flag.split("=")[0]} is for one process: it does not go with --processes`,
      );
    });
  }

  it("explains a daemon without starting any", async () => {
    const { status, stdout } = await reactor("--processes", "2", PLACES, "--help");
    expect(status).to.equal(0);
    expect(stdout).to.match(/^Usage: reactor /);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`stops all on ${signal}, and ends by it`, async () => {
      await withFleet([path("idle.mjs")], async (fleet, pids) => {
        fleet.kill(signal);
        expect((await fleet.ended).signal).to.equal(signal);
        expect(pids.map(isAlive)).to.deep.equal([false, false]);
      });
    });
  }

  it("ends all at once on a second signal", async () => {
    await withFleet([path("hangs.mjs")], async (fleet, pids) => {
      fleet.kill("SIGTERM");
      await fleet.printed("SIGTERM: stopping; once more to stop at once");
      expect(pids.map(isAlive)).to.deep.equal([true, true]);
      fleet.kill("SIGTERM");
      expect((await fleet.ended).signal).to.equal("SIGTERM");
    });
  });

  it("stops one that is still loading its daemon", async () => {
    const fleet = start(["--processes", "2", path("loading.mjs")]);
    await fleet.printed("1: loading");
    fleet.kill("SIGTERM");
    expect((await fleet.ended).signal).to.equal("SIGTERM");
  });

  it("leaves nobody behind when its first process is killed", async () => {
    await withFleet([path("idle.mjs")], async (fleet, pids) => {
      fleet.kill("SIGKILL");
      await fleet.ended;
      while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
    });
  });

  it("needs real processes", async () => {
    await expectMisuse(
      ["--backend", "clock", "--processes", "2", path("idle.mjs")],
      "--processes needs real processes and sockets: the backend clock has none; use libuv",
    );
  });

  for (const wrong of ["0", "-1", "1.5", "many", "513"]) {
    it(`takes no ${wrong}`, async () => {
      await expectMisuse(
        [`--processes=${wrong}`, path("idle.mjs")],
        `--processes needs a number of processes, from 1 to 512, or "auto", not "${wrong}"`,
      );
    });
  }

  describe("SIGUSR2", () => {
    it("has new processes load new options, and lets the old ones go", async () => {
      const file = path("tea.env");
      writeFileSync(file, "TEA=green\n");
      await withFleet(["--variables", file, path("variables.mjs")], async (fleet, pids) => {
        await fleet.printed("2: tea is green");
        writeFileSync(file, "TEA=black\n");
        fleet.kill("SIGUSR2");
        await fleet.printed("reactor: restarted");
        await fleet.printed("3: tea is black");
        await fleet.printed("4: tea is black");
        expect(pids.map(isAlive)).to.deep.equal([false, false]);
      });
    });

    it("keeps the old processes when the new code does not load", async () => {
      const file = path("changing.mjs");
      writeFileSync(file, "export default (reactor) => { reactor.callLater(60, () => {}); };");
      await withFleet([file], async (fleet, pids) => {
        writeFileSync(file, "export default (");
        fleet.kill("SIGUSR2");
        await fleet.printed(/process 3 .* \(status 2\) before it was ready: the restart ends here/);
        expect(pids.map(isAlive)).to.deep.equal([true, true]);
      });
      rmSync(file);
    });
  });

  it("--variables that is not there is misuse", async () => {
    const { status, stderr } = await reactor("--variables", "/no/such", path("idle.mjs"));
    expect(status).to.equal(2);
    expect(stderr).to.match(/^reactor: --variables cannot be read: ENOENT/);
  });

  it("variables of the environment win over those of --variables", async () => {
    writeFileSync(path("both.env"), "TEA=green\n");
    const daemon = start(
      ["--until", "0", "--variables", path("both.env"), path("variables.mjs")],
      [],
      { TEA: "mint" },
    );
    expect((await daemon.ended).stdout).to.equal("tea is mint\n");
  });
});
