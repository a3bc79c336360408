import { expect } from "chai";
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FROM_SOURCE } from "../support/from-source.ts";
import { describeWithTerminals, onStage, type Stage } from "../support/terminals.ts";

const fixture = fileURLToPath(new URL("../fixtures/stdio-daemon.ts", import.meta.url));
const node = [...FROM_SOURCE, fixture];
const MEBIBYTE = 1024 * 1024;

/** The program, with what it says on its standard error. */
class Daemon {
  readonly child: ChildProcess;
  readonly out: Buffer[] = [];
  said = "";

  constructor(args: string[], stdio: StdioOptions = "pipe") {
    this.child = spawn(process.execPath, [...node, ...args], { stdio });
    this.child.stdin?.on("error", () => {});
    this.child.stderr?.on("data", (data: Buffer) => (this.said += data.toString()));
  }

  collect(): this {
    this.child.stdout?.on("data", (data: Buffer) => this.out.push(data));
    return this;
  }

  get output(): string {
    return Buffer.concat(this.out).toString();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(5);
  }

  async ended(): Promise<string[]> {
    await once(this.child, "close");
    return this.said.trimEnd().split("\n");
  }
}

/** Each starts a process of its own, which compiles everything. */
const TIMEOUT_MS = 30_000;

describe("standard input and output", function () {
  this.timeout(TIMEOUT_MS);
  let directory: string;
  const running: Daemon[] = [];
  const start = (args: string[], stdio?: StdioOptions): Daemon => {
    const daemon = new Daemon(args, stdio);
    running.push(daemon);
    return daemon;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "skein-stdio-"));
  });
  afterEach(() => {
    for (const { child } of running.splice(0)) child.kill("SIGKILL");
    rmSync(directory, { recursive: true });
  });

  it("are a connection over pipes", async () => {
    const daemon = start(["Shouting"]).collect();
    daemon.child.stdin?.write("tea");
    await daemon.until(() => daemon.output === "TEA");
    daemon.child.stdin?.end();
    expect(await daemon.ended()).to.deep.equal(["lost ConnectionDoneError", "left 0"]);
  });

  it("are a connection over files, which are left open", async () => {
    const [from, to] = [join(directory, "from"), join(directory, "to")];
    writeFileSync(from, "coffee");
    const daemon = start(["Shouting"], [openSync(from, "r"), openSync(to, "a"), "pipe"]);
    expect(await daemon.ended()).to.deep.equal(["lost ConnectionDoneError", "left 0"]);
    expect(readFileSync(to, "utf8")).to.equal("COFFEE");
  });

  it("are a connection over one socket", async () => {
    const server = net.createServer({ allowHalfOpen: true }).listen(join(directory, "socket"));
    await once(server, "listening");
    const client = net.connect(join(directory, "socket"));
    const [socket] = (await once(server, "connection")) as [net.Socket];
    const daemon = start(["Shouting"], [socket, socket, "pipe"]);
    socket.destroy();
    client.write("socket");
    expect(((await once(client, "data")) as [Buffer])[0].toString()).to.equal("SOCKET");
    client.end();
    expect(await daemon.ended()).to.deep.equal(["lost ConnectionDoneError", "left 0"]);
    server.close();
  });

  it("go on in one direction when the input has ended", async () => {
    const daemon = start(["Counting"]).collect();
    daemon.child.stdin?.end(Buffer.alloc(MEBIBYTE));
    expect(await daemon.ended()).to.deep.equal(["lost ConnectionDoneError", "left 0"]);
    expect(daemon.output.slice(0, 8)).to.equal("1048576\n");
    expect(daemon.output.length).to.equal(8 + MEBIBYTE);
  });

  it("end for the reader of the output, while the input goes on", async () => {
    const daemon = start(["Mute"]).collect();
    await once(daemon.child.stdout as NodeJS.ReadableStream, "end");
    expect(daemon.output).to.equal("last words");
    await daemon.until(() => daemon.said.includes("mute"));
    daemon.child.stdin?.end("still here");
    const said = await daemon.ended();
    expect(said.slice(0, 2)).to.deep.equal(["mute", "heard still here"]);
  });

  it("lose nothing to a slow reader when the reactor stops", async () => {
    const daemon = start(["Flooding"]);
    await sleep(1000);
    expect(daemon.child.exitCode).to.equal(null);
    daemon.collect();
    expect(await daemon.ended()).to.deep.equal(["lost ConnectionLostError", "left 0"]);
    expect(Buffer.concat(daemon.out).length).to.equal(8 * MEBIBYTE);
  });

  it("end over maxBufferedBytes", async () => {
    const daemon = start(["Overflowing"]);
    await daemon.until(() => daemon.said.includes("left"));
    expect(daemon.said).to.equal("lost WriteOverflowError\nleft 0\n");
    daemon.collect();
  });

  it("are lost by EPIPE when the reader is gone", async () => {
    const daemon = start(["Ticking"]);
    await once(daemon.child.stdout as NodeJS.ReadableStream, "data");
    daemon.child.stdout?.destroy();
    expect(await daemon.ended()).to.deep.equal(["lost ConnectionLostError EPIPE", "left 0"]);
  });

  it("belong to one protocol at a time, of all reactors", async () => {
    const daemon = start(["Shouting", "twice"]).collect();
    await daemon.until(() => daemon.said.split("\n").length > 2);
    expect(daemon.said).to.equal("StdioInUseError\nStdioInUseError\n");
    daemon.child.stdin?.end("fine");
    await daemon.ended();
    expect(daemon.output).to.equal("FINE");
  });

  it("have no raw mode over pipes", async () => {
    const daemon = start(["Keys", "raw"]);
    expect(await daemon.ended()).to.deep.equal(["failed NotATerminalError", "left 0"]);
  });
});

describeWithTerminals("standard input and output in a terminal", function () {
  this.timeout(TIMEOUT_MS);
  /** Runs the daemon, and tells the state of the terminal when it has ended, or is stopped. */
  const program = `"${process.execPath}" ${node.join(" ")} Keys`;
  const modes = `stty -a | grep -q -- ' -icanon' && echo RAW || echo COOKED`;
  const on = (body: (stage: Stage) => Promise<void>) => () => onStage("libuv", {}, body);

  it(
    "come line by line unless the terminal is in raw mode",
    on(async ({ start }) => {
      const { probe, transport } = await start(`${program}; ${modes}`);
      await probe.heard("ready");
      transport.write("a");
      transport.write("l\n");
      await probe.whenEnded;
      expect(probe.out).to.match(/key 97\s+key 108[^]*lost ConnectionDoneError[^]*COOKED/);
    }),
  );

  for (const [key, how] of [
    ["l", "by loseConnection()"],
    ["s", "by reactor.stop()"],
    ["x", "by process.exit()"],
    ["t", "by an uncaught exception"],
    ["c", "by setRawMode(false), and SIGKILL"],
  ] as const) {
    it(
      `come key by key in raw mode, until it ends ${how}`,
      on(async ({ start }) => {
        const { probe, transport } = await start(`${program} raw; echo; ${modes}`);
        await probe.heard("ready");
        transport.write("\x03");
        await probe.heard("key 3");
        transport.write(key);
        if (key === "c") {
          await probe.heard("key 99");
          process.kill(Number(/ready (\d+)/.exec(probe.out)?.[1]), "SIGKILL");
        }
        await probe.whenEnded;
        expect(probe.out).to.include("COOKED");
        expect(probe.out).not.to.include("^C");
      }),
    );
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    it(
      `are put back when ${signal} ends the process`,
      on(async ({ start }) => {
        const { probe } = await start(`ulimit -c 0; ${program} raw; echo "status $?"; ${modes}`);
        await probe.heard("ready");
        process.kill(Number(/ready (\d+)/.exec(probe.out)?.[1]), signal);
        await probe.whenEnded;
        const status = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 }[signal];
        expect(probe.out).to.include(`status ${status}`);
        expect(probe.out).to.include("COOKED");
      }),
    );
  }

  it(
    "are put back while the process is stopped, and raw again when it goes on",
    on(async ({ start }) => {
      const script = `set -m; ${program} raw; ${modes}; fg %1 >/dev/null; ${modes}`;
      const { probe, transport } = await start(script);
      await probe.heard("ready");
      process.kill(Number(/ready (\d+)/.exec(probe.out)?.[1]), "SIGTSTP");
      await probe.heard("COOKED");
      probe.out = "";
      // Not a line: who is told of it has raw mode again.
      transport.write("a");
      await probe.heard("key 97");
      transport.write("l");
      await probe.whenEnded;
      expect(probe.out).to.include("COOKED");
    }),
  );
});
