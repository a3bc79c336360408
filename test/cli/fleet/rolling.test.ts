import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { moduleFolder, observe, type Running } from "../../support/command.ts";
import {
  FLEET_LIFETIME_MS,
  FLEET_TEST_MS,
  freePort,
  hear,
  isAlive,
  readyPids,
  withFleet,
} from "../../support/fleet-command.ts";
import { needsCommand } from "../../support/needs-command.ts";
import { root } from "../../support/read-sources.ts";
import { load, NO_ERRORS } from "../../support/wrk.ts";

const HTTP = "test/fixtures/daemons/http.js";
/** Who has not asked by the end of that, for want of a processor, is cut off. */
const LONG = ["--drain", "30"];

describe("a rolling restart", function () {
  this.timeout(FLEET_TEST_MS);
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
      await withFleet([...LONG, HTTP, "--port", String(port)], async (fleet, pids) => {
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
      const args = [...LONG, "web", "--root", path("site"), "--port", String(port)];
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

  describe("of a daemon with connections", () => {
    const say = async (socket: net.Socket, text: string): Promise<string> => {
      socket.write(text);
      const [answer] = (await once(socket, "data")) as [Buffer];
      return answer.toString();
    };
    /** With a fleet whose echo has two connections. */
    const withConnections = async (
      drain: string,
      body: (fleet: Running, sockets: readonly net.Socket[]) => Promise<void>,
    ): Promise<void> => {
      const port = await freePort();
      writeFileSync(path("port.env"), `PORT=${port}\n`);
      const args = ["--drain", drain, "--variables", path("port.env"), path("echo.mjs")];
      await withFleet(args, async (fleet) => {
        const sockets = [net.connect(port, "127.0.0.1"), net.connect(port, "127.0.0.1")];
        await body(fleet, sockets);
      });
    };

    it("gives them the time of --drain to end, and goes on as soon as they have", () =>
      withConnections("1000", async (fleet, sockets) => {
        const sayAll = (): Promise<string[]> =>
          Promise.all(sockets.map((socket) => say(socket, "a")));
        const first = await sayAll();
        fleet.kill("SIGUSR2");
        await fleet.printed("1: stopping");
        // The old process serves its own on.
        expect(await sayAll()).to.deep.equal(first);
        const closed = sockets.map((socket) => once(socket, "close"));
        for (const socket of sockets) socket.end();
        await Promise.all([...closed, fleet.printed("reactor: restarted")]);
      }));

    it("closes those that have not ended by then", () =>
      withConnections("0.2", async (fleet, sockets) => {
        for (const socket of sockets) await say(socket, "a");
        const ended = sockets.map((socket) => once(socket, "end"));
        fleet.kill("SIGUSR2");
        await Promise.all([...ended, fleet.printed("reactor: restarted")]);
      }));
  });

  it("keeps the sockets of systemd", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    const main = join(root, "dist", "cli", "main.js");
    const daemon = join(root, "test", "fixtures", "daemons", "places.js");
    const args = ["--processes", "2", daemon, "--at", "systemd:domain=INET:index=0"];
    // As systemd does: LISTEN_PID is the first process.
    const child = spawn(
      "sh",
      ["-c", `LISTEN_PID=$$ exec "${process.execPath}" "$0" "$@"`, main, ...args],
      {
        env: { ...process.env, LISTEN_FDS: "1" },
        stdio: ["ignore", "pipe", "pipe", fd],
        timeout: FLEET_LIFETIME_MS,
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
