/**
 * Real servers for tests: each an instance of its own, on a free port and with a folder of its own,
 * whatever the system runs beside. It ends with the tests.
 */
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;
const START_MAX_MS = 60_000;
/** Debian has the servers where only root looks for them. */
const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** What runs, and where. */
export interface PrivateServer {
  readonly port: number;
  /** Ends it without a warning, as the kernel would: for tests of servers that die. */
  kill(): Promise<void>;
  /** Starts it anew after {@link kill}, on the same port and with the same files. */
  restart(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly folder: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: SpawnOptions;
  /** Whether it serves, when its port is open; it does unless given. */
  readonly ready?: () => Promise<boolean>;
  /** Called when it has ended, before its folder is removed. */
  readonly after?: () => void;
}

/** Where a command is, or undefined. */
export function findCommand(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A new folder, which the server may enter whoever it runs as. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `skein-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a server, and waits until it serves. */
export async function startServer(program: ServerProgram): Promise<PrivateServer> {
  let child: ChildProcess | undefined;
  // Mocha ends the process after a failure of its own, too.
  const atExit = (): void => killGroup(child);
  const start = async (): Promise<void> => {
    child = spawn(program.command, program.args, {
      // A group of its own, so that whatever it starts ends with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      ...program.options,
    });
    await untilReady(child, program);
  };
  const kill = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, "exit");
    killGroup(running);
    await ended;
  };
  const stop = async (): Promise<void> => {
    process.off("exit", atExit);
    await kill();
    program.after?.();
    rmSync(program.folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on("exit", atExit);
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: program.port, kill, restart: start, stop };
}

async function untilReady(child: ChildProcess, { command, port, ready }: ServerProgram) {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  let failure: Error | undefined;
  child.on("error", (error) => (failure = error));
  for (const begun = Date.now(); Date.now() - begun < START_MAX_MS; await sleep(POLL_MS)) {
    if (failure !== undefined) throw failure;
    if (child.exitCode !== null) throw new Error(`${command} has ended: ${output}`);
    if ((await isOpen(port)) && (ready === undefined || (await ready()))) return;
  }
  throw new Error(`${command} does not serve: ${output}`);
}

/** Whether somebody listens on a port of this machine. */
async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const open = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return open;
}

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
