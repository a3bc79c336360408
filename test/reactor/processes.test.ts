import { expect } from "chai";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CannotSpawnError,
  createReactor,
  getProcessOutput,
  NotExecutableError,
  ProcessProtocol,
  WorkingDirectoryError,
} from "skein";
import { FROM_SOURCE } from "../support/from-source.ts";
import { failureOf, isAlive, onLibuv } from "../support/processes.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const fixture = fileURLToPath(new URL("../fixtures/spawn-until-it-fails.ts", import.meta.url));
const nobody = (which: "-u" | "-g"): number =>
  Number(execFileSync("id", [which, "nobody"]).toString());

/** Runs the fixture as another user, who may have so many processes; resolves with what it says. */
async function runFixture(
  user: { uid: number; gid: number; processes?: number },
  argument: string,
): Promise<{ name: string; message: string; reason: string }> {
  const node = `"${process.execPath}" ${FROM_SOURCE.join(" ")} "${fixture}" "${argument}"`;
  const limit = user.processes === undefined ? "" : `prlimit --nproc=${user.processes}`;
  const become = `setpriv --reuid ${user.uid} --regid ${user.gid} --clear-groups`;
  const child = spawn("sh", ["-c", `exec ${limit} ${become} ${node}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HOME: "/nonexistent", TMPDIR: tmpdir() },
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  await once(child, "close");
  return JSON.parse(output) as { name: string; message: string; reason: string };
}

class Ending extends ProcessProtocol {
  out = "";
  whenEnded: Promise<void> = new Promise((resolve) => (this.processEnded = () => resolve()));
  whenHeard: Promise<void> = new Promise((resolve) => {
    this.outReceived = (data) => {
      this.out += text(data);
      resolve();
    };
  });
}

describe("processes of the system", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "skein-processes-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it("start in the directory given", () =>
    onLibuv(async (reactor) => {
      expect(text(await getProcessOutput(reactor, "pwd", { cwd: directory }))).to.equal(
        `${directory}\n`,
      );
    }));

  it("inherit the environment", () =>
    onLibuv(async (reactor) => {
      process.env["SKEIN_PROCESSES_TEST"] = "inherited";
      const args = ["-c", "echo $SKEIN_PROCESSES_TEST"];
      expect(text(await getProcessOutput(reactor, "sh", { args }))).to.equal("inherited\n");
      delete process.env["SKEIN_PROCESSES_TEST"];
    }));

  it("fail for a directory that is not there, or is a file: not for the command", () =>
    onLibuv(async (reactor) => {
      const file = join(directory, "file");
      writeFileSync(file, "");
      for (const cwd of [join(directory, "none"), file]) {
        const error = await failureOf(reactor.spawnProcess(new Ending(), "true", { cwd }));
        expect(error).to.be.instanceOf(WorkingDirectoryError);
        expect((error as Error).message).to.include(cwd);
      }
    }));

  it("fail for a file that may not be executed", () =>
    onLibuv(async (reactor) => {
      const file = join(directory, "file");
      writeFileSync(file, "#!/bin/sh\n");
      const error = await failureOf(reactor.spawnProcess(new Ending(), file));
      expect(error).to.be.instanceOf(NotExecutableError);
      expect((error as Error).message).to.include(file);
      chmodSync(file, 0o755);
      const ending = new Ending();
      await reactor.spawnProcess(ending, file);
      await ending.whenEnded;
    }));

  it("fail for arguments that are too long for the system", () =>
    onLibuv(async (reactor) => {
      const args = ["x".repeat(4_000_000)];
      const error = await failureOf(reactor.spawnProcess(new Ending(), "true", { args }));
      expect(error).to.be.instanceOf(CannotSpawnError);
      expect((error as CannotSpawnError).reason).to.equal("E2BIG");
    }));

  it("become the user and group given, and no other group", function () {
    if (process.getuid?.() !== 0) this.skip();
    return onLibuv(async (reactor) => {
      const [uid, gid] = [nobody("-u"), nobody("-g")];
      const args = ["-c", "id -u; id -G"];
      const output = await getProcessOutput(reactor, "sh", { args, uid, gid, cwd: "/" });
      expect(text(output)).to.equal(`${uid}\n${gid}\n`);
    });
  });

  it("fail for a user that this process may not become", async function () {
    if (process.getuid?.() !== 0) this.skip();
    // Told apart by what it prints: as nobody, and not as root.
    const said = await runFixture({ uid: nobody("-u"), gid: nobody("-g") }, "0");
    expect(said).to.deep.include({ name: "CannotSpawnError", reason: "EPERM" });
  });

  it("fail when there are too many processes", async function () {
    if (process.getuid?.() !== 0) this.skip();
    // A user without any others, as the limit is on all that the user has. Node has its threads.
    const said = await runFixture({ uid: 54_321, gid: 54_321, processes: 40 }, "");
    expect(said).to.deep.include({ name: "CannotSpawnError", reason: "EAGAIN" });
    expect(said.message).to.include("too many processes");
  });

  it("share descriptors of this process", () =>
    onLibuv(async (reactor) => {
      const file = join(directory, "log");
      const ending = new Ending();
      const childFDs = { 0: "w", 1: openSync(file, "w"), 2: "r" } as const;
      await reactor.spawnProcess(ending, "echo", { args: ["shared"], childFDs });
      await ending.whenEnded;
      expect(readFileSync(file, "utf8")).to.equal("shared\n");
    }));

  it("lose nothing that grandchildren write when their parent is gone", () =>
    onLibuv(async (reactor) => {
      const args = ["-c", "(sleep 0.1; echo late) & echo soon"];
      expect(text(await getProcessOutput(reactor, "sh", { args }))).to.equal("soon\nlate\n");
    }));

  it("are ended with grandchildren that ignore TERM, whose parent is gone", () =>
    onLibuv(async (reactor) => {
      const ending = new Ending();
      const stubborn = `trap "" TERM; echo $$ ready; while :; do sleep 0.05; done`;
      const args = ["-c", `sh -c '${stubborn}' & wait`];
      const transport = await reactor.spawnProcess(ending, "sh", { args });
      await ending.whenHeard;
      const grandchild = parseInt(ending.out, 10);
      expect(isAlive(grandchild)).to.equal(true);
      const ended = transport.endTree(0.2);
      await ending.whenEnded;
      await ended;
      expect(isAlive(grandchild)).to.equal(false);
    }));

  it("are ended by a stopping reactor, with grandchildren that hold no pipe", async () => {
    const reactor = createReactor("libuv", { drainSeconds: 0.2 });
    const stopped = reactor.run();
    const ending = new Ending();
    const stubborn = `trap "" TERM; echo $$ ready; exec >&- 2>&-; while :; do sleep 0.05; done`;
    const args = ["-c", `sh -c '${stubborn}' & wait`];
    await reactor.spawnProcess(ending, "sh", { args });
    await ending.whenHeard;
    reactor.stop();
    await stopped;
    expect(isAlive(parseInt(ending.out, 10))).to.equal(false);
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("may write a gigabyte, of which little is in memory at a time", () =>
    onLibuv(async (reactor) => {
      let bytes = 0;
      let most = 0;
      const ending = new Ending();
      const before = process.memoryUsage().rss;
      ending.outReceived = (data) => {
        bytes += data.length;
        if (bytes % (64 * 65_536) !== 0) return;
        most = Math.max(most, process.memoryUsage().rss - before);
        // A reader that is behind for a moment, over and over.
        ending.transport.pauseProducing();
        reactor.callLater(0, () => ending.transport.resumeProducing());
      };
      const args = ["-c", "1073741824", "/dev/zero"];
      await reactor.spawnProcess(ending, "head", { args });
      await ending.whenEnded;
      expect(bytes).to.equal(1_073_741_824);
      expect(most).to.be.lessThan(300_000_000);
    })).timeout(60_000);
});
