import { expect } from "chai";
import { execFileSync, spawn as spawnByNode } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { getProcessOutput, ProcessProtocol } from "skein";
import { FROM_SOURCE } from "../support/from-source.ts";
import { isAlive, onLibuv } from "../support/processes.ts";
import { describeWithTerminals, onStage, type Stage } from "../support/terminals.ts";

const RUNS = 50;
const AT_ONCE = 5;
const TEXT = "0123456789".repeat(2000);
const fixture = fileURLToPath(new URL("../fixtures/spawn-in-terminal.ts", import.meta.url));
const without = fileURLToPath(new URL("../fixtures/without-node-pty.ts", import.meta.url));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const descriptors = (): string[] => readdirSync("/proc/self/fd");

/** Started before it was cancelled. */
class Unwanted extends ProcessProtocol {
  override connectionMade(): void {
    void this.transport.endTree(0);
  }
}

const on = (body: (stage: Stage) => Promise<void>) => () => onStage("libuv", {}, body);

/** Runs the fixture; resolves with the lines that it prints. */
async function runFixture(command: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const node = `exec "${process.execPath}" ${FROM_SOURCE.join(" ")}`;
  const child = spawnByNode("sh", ["-c", command.replace("NODE", node), "sh", fixture, without], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  await once(child, "close");
  return output.trimEnd().split("\n");
}

describeWithTerminals("terminals of the system", () => {
  it("are those that control their processes", () =>
    onLibuv(async (reactor) => {
      const args = ["-c", "tty; ps -o pid=,pgid=,sid=,tpgid=,tty= -p $$; echo there >/dev/tty"];
      const output = text(await getProcessOutput(reactor, "sh", { args, pty: true }));
      const [tty = "", ids = "", there] = output.split("\r\n");
      expect(tty).to.match(/^\/dev\/pts\/\d+$/);
      const [pid, ...others] = ids.trim().split(/\s+/);
      expect(others).to.deep.equal([pid, pid, pid, tty.replace("/dev/", "")]);
      expect(there).to.equal("there");
    }));

  it("echo what is written, and end lines as terminals do", () =>
    onLibuv(async (reactor) => {
      const options = { pty: true, input: "one\ntwo" } as const;
      const output = text(await getProcessOutput(reactor, "cat", options));
      expect(output.split("two")[0]).to.include("one\r\n");
      expect(output.match(/two/g)).to.have.length(2);
    }));

  it("make ^C of byte 3", () =>
    onStage("libuv", {}, async ({ start }) => {
      const { probe, transport } = await start("echo ready; exec sleep 60");
      // Before that the terminal may have nobody in front of it.
      await new Promise<void>((resolve) => (probe.onData = () => resolve()));
      transport.write("\x03");
      await probe.whenEnded;
      expect(probe.events).to.include("exited the process was ended by SIGINT");
    }));

  it(`lose not one byte of ${RUNS} times 20 kB, nor a descriptor`, () =>
    onLibuv(async (reactor) => {
      const before = descriptors().length;
      let runs = 0;
      const work = async (): Promise<void> => {
        while (runs < RUNS) {
          runs++;
          const output = await getProcessOutput(reactor, "/bin/echo", { args: [TEXT], pty: true });
          expect(output.length).to.equal(TEXT.length + 2);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect(runs).to.equal(RUNS);
      expect(descriptors().length).to.be.at.most(before);
    }));

  it(
    "lose nothing of who writes when the process is gone, and end with the last of them",
    on(async ({ start }) => {
      const { probe } = await start("trap '' HUP; (sleep 0.2; head -c 20000 /dev/zero) &");
      await probe.whenEnded;
      expect(probe.bytes).to.equal(20_000);
      const exited = probe.events.findIndex((event) => event.startsWith("exited"));
      expect(exited).to.be.lessThan(probe.events.indexOf("1 ConnectionDoneError"));
    }),
  );

  it(
    "are still there when a process that has closed them goes on",
    on(async ({ start, pass }) => {
      const script = "echo soon; exec </dev/null >/dev/null 2>&1; sleep 0.2; echo late >/dev/tty";
      const { probe, transport } = await start(script);
      await probe.heard("soon");
      await pass(0.1);
      expect(probe.events).to.deep.equal([]);
      transport.resize(100, 30);
      await probe.whenEnded;
      expect(probe.out).to.equal("soon\r\nlate\r\n");
    }),
  );

  it(
    "are ended with all groups of processes in them",
    on(async ({ start }) => {
      const job = `sh -c 'trap "" TERM HUP; echo job $$ ready; while :; do sleep 0.05; done'`;
      const { probe, transport } = await start(`set -m; ${job} & wait`);
      await probe.heard("ready");
      const pid = Number(/job (\d+)/.exec(probe.out)?.[1]);
      expect(isAlive(pid)).to.equal(true);
      await transport.endTree(0.2);
      await probe.whenEnded;
      expect(isAlive(pid)).to.equal(false);
    }),
  );

  it(
    "are not inherited by other processes",
    on(async ({ start, reactor }) => {
      const first = await start("exec sleep 60");
      const list = { args: ["-c", "ls -l /proc/self/fd"] };
      expect(text(await getProcessOutput(reactor, "sh", list))).not.to.match(/ptmx|pts/);
      const inTerminal = text(await getProcessOutput(reactor, "sh", { ...list, pty: true }));
      expect(inTerminal).not.to.include("ptmx");
      // Were there a copy of it anywhere, closing ours would not end it.
      const second = await start("exec sleep 60");
      first.transport.loseConnection();
      await first.probe.whenEnded;
      second.transport.loseConnection();
      await second.probe.whenEnded;
    }),
  );

  it(
    "may get a hundred megabytes, of which little is in memory at a time",
    on(async ({ start, reactor }) => {
      const before = process.memoryUsage().rss;
      let most = 0;
      let pauses = 0;
      const { probe, transport } = await start("head -c 100000000 /dev/zero");
      probe.onData = () => {
        if (probe.bytes < pauses * 1_000_000) return;
        pauses++;
        most = Math.max(most, process.memoryUsage().rss - before);
        transport.pauseProducing();
        reactor.callLater(0, () => transport.resumeProducing());
      };
      await probe.whenEnded;
      expect(probe.bytes).to.equal(100_000_000);
      expect(most).to.be.lessThan(150_000_000);
    }),
  ).timeout(60_000);

  it("say what the system says when there cannot be more of them", async () => {
    const [said = "", left] = await runFixture('NODE "$1" 100 48');
    expect(JSON.parse(said)).to.include({ name: "CannotSpawnError", reason: "EMFILE" });
    expect(left).to.equal("[]");
  });

  it("belong to the user that the process becomes", function () {
    if (process.getuid?.() !== 0) this.skip();
    return onLibuv(async (reactor) => {
      const nobody = Number(execFileSync("id", ["-u", "nobody"]).toString());
      const nogroup = Number(execFileSync("id", ["-g", "nobody"]).toString());
      const args = ["-c", 'stat -c %u "$(tty)"; echo there >/dev/tty; id -u; id -G'];
      const options = { args, pty: true, cwd: "/", uid: nobody, gid: nogroup } as const;
      const output = text(await getProcessOutput(reactor, "sh", options));
      expect(output.trimEnd().split("\r\n")).to.deep.equal([
        `${nobody}`,
        "there",
        `${nobody}`,
        `${nogroup}`,
      ]);
    });
  });

  it(
    "are closed when nobody wants the process any more",
    on(async ({ reactor, pass }) => {
      const before = descriptors().length;
      for (let i = 0; i < 20; i++) {
        const spawning = reactor.spawnProcess(new Unwanted(), "cat", { pty: true });
        spawning.addErrback(() => {});
        if (i > 0) await pass(0.0002 * i);
        spawning.cancel();
      }
      while (reactor.inspect().some(({ kind }) => kind === "process")) await pass(0.01);
      // Those that were started unseen have gone too.
      while (descriptors().length > before) await pass(0.01);
    }),
  );
});

describe("terminals without node-pty", () => {
  for (const [code, advice] of [
    ["ERR_MODULE_NOT_FOUND", "npm install node-pty"],
    ["ERR_DLOPEN_FAILED", "npm rebuild node-pty"],
  ] as const) {
    it(`say what to do: ${advice}`, async () => {
      const [said = "", left] = await runFixture('NODE --import "file://$2" "$1"', {
        WITHOUT_NODE_PTY: code,
      });
      const { message, ...error } = JSON.parse(said) as { message: string };
      expect(error).to.deep.equal({ name: "NoTerminalsError", code: "ERR_NO_TERMINALS" });
      expect(message).to.include(advice);
      expect(left).to.equal("[]");
    });
  }
});
