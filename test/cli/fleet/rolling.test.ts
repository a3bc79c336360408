import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { moduleFolder, observe } from "../../support/command.ts";
import { freePort, hear, isAlive, readyPids, withFleet } from "../../support/fleet-command.ts";
import { needsCommand } from "../../support/needs-command.ts";
import { root } from "../../support/read-sources.ts";
import { load, NO_ERRORS } from "../../support/wrk.ts";

const HTTP = "test/fixtures/daemons/http.js";

describe("a rolling restart", function () {
  this.timeout(40_000);
  const path = moduleFolder({
    "site/index.html": "<h1>Teas</h1>",
    // Sends back what it gets, and says when it is to stop.
    "echo.mjs": `export default (reactor) => {
      const silent = { doStart() {}, doStop() {} };
      reactor.addSystemEventTrigger("before", "shutdown", () => console.log("stopping"));
      return reactor.listenTCP(Number(process.env.PORT), { ...silent, buildProtocol: () => {
        let transport;
        return { makeConnection(made) { transport = made; },
          dataReceived(data) { transport.write(process.pid + ": " + data); },
          connectionLost() {} };
      } }, { interface: "127.0.0.1" });
    };`,
  });

  describe("under load", () => {
    before(function () {
      needsCommand(this, spawnSync("wrk", ["-v"]), "wrk", "wrk");
    });

    it("refuses no connection, cuts none, and has no other answer than 200", async () => {
      const port = await freePort();
      await withFleet([HTTP, "--port", String(port)], async (fleet, pids) => {
        const loaded = load(`http://127.0.0.1:${port}/`, 32, fleet.printed("reactor: restarted"));
        fleet.kill("SIGUSR2");
        const { requests, errors } = await loaded;
        expect(errors).to.deep.equal(NO_ERRORS);
        expect(requests).to.be.greaterThan(100);
        expect(pids.map(isAlive)).to.deep.equal([false, false]);
      });
    });

    it("is not noticed at a site, such as that of reactor web", async () => {
      const port = await freePort();
      const args = ["web", "--root", path("site"), "--port", String(port)];
      await withFleet(args, async (fleet, pids) => {
        const loaded = load(`http://127.0.0.1:${port}/`, 32, fleet.printed("reactor: restarted"));
        fleet.kill("SIGUSR2");
        const { requests, errors } = await loaded;
        expect(errors).to.deep.equal(NO_ERRORS);
        expect(requests).to.be.greaterThan(100);
        expect(pids.map(isAlive)).to.deep.equal([false, false]);
      });
    });

    it("is noticed where the daemon ends its connections without a word", async () => {
      const port = await freePort();
      const args = ["--drain", "0", HTTP, "--port", String(port), "--abrupt"];
      await withFleet(args, async (fleet) => {
        const loaded = load(`http://127.0.0.1:${port}/`, 32, fleet.printed("reactor: restarted"));
        fleet.kill("SIGUSR2");
        expect((await loaded).errors.read).to.be.greaterThan(0);
      });
    });
  });

  it("gives connections the time of --drain to end, and closes the rest", async () => {
    const port = await freePort();
    writeFileSync(path("port.env"), `PORT=${port}\n`);
    const args = ["--drain", "1", "--variables", path("port.env"), path("echo.mjs")];
    await withFleet(args, async (fleet) => {
      const [one, other] = [net.connect(port, "127.0.0.1"), net.connect(port, "127.0.0.1")];
      const say = async (socket: net.Socket, text: string): Promise<string> => {
        socket.write(text);
        const [answer] = (await once(socket, "data")) as [Buffer];
        return answer.toString();
      };
      const first = [await say(one, "a"), await say(other, "a")];
      fleet.kill("SIGUSR2");
      await fleet.printed("1: stopping");
      // The old process serves its own on.
      expect([await say(one, "a"), await say(other, "a")]).to.deep.equal(first);
      other.end();
      await Promise.all([once(one, "end"), once(other, "close")]);
      one.end();
      await fleet.printed("reactor: restarted");
    });
  });

  it("keeps the sockets of systemd", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    const main = join(root, "dist", "cli", "main.js");
    const daemon = join(root, "test", "fixtures", "daemons", "places.ts");
    const args = ["--processes", "2", daemon, "--at", "systemd:domain=INET:index=0"];
    // As systemd does: LISTEN_PID is the first process.
    const child = spawn(
      "sh",
      ["-c", `LISTEN_PID=$$ exec "${process.execPath}" "$0" "$@"`, main, ...args],
      {
        env: { ...process.env, LISTEN_FDS: "1" },
        stdio: ["ignore", "pipe", "pipe", fd],
        timeout: 15_000,
        killSignal: "SIGKILL",
      },
    );
    server.close();
    const fleet = observe(child);
    const pids = await readyPids(fleet, 2);
    expect(pids).to.include(Number(await hear({ port, host: "127.0.0.1" })));
    fleet.kill("SIGUSR2");
    await fleet.printed("reactor: restarted");
    expect(pids).to.not.include(Number(await hear({ port, host: "127.0.0.1" })));
    fleet.kill("SIGTERM");
    expect((await fleet.ended).signal).to.equal("SIGTERM");
  });
});
