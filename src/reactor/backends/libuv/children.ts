/** Child processes of node:child_process. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { BadOptionError } from "../../../core/errors.ts";
import { Deferred } from "../../../defer/deferred.ts";
import type {
  ChildEvents,
  ChildHandle,
  ProcessDriver,
  SpawnRequest,
} from "../../process-driver.ts";
import { type CannotSpawnError, cannotSpawn } from "../../process-errors.ts";
import type { SignalTarget } from "../../processes.ts";

export class NodeProcesses implements ProcessDriver {
  spawn(request: SpawnRequest): Deferred<ChildHandle> {
    let child: ChildProcess | undefined;
    const spawned = new Deferred<ChildHandle>(() => {
      child?.once("spawn", () => new NodeChild(child as ChildProcess, request).discard());
    });
    try {
      child = spawn(request.command, request.args, {
        stdio: stdioOf(request.childFDs),
        detached: request.processGroup,
        ...given({ cwd: request.cwd, env: request.env, uid: request.uid, gid: request.gid }),
      });
    } catch (error) {
      spawned.errback(explained(request, error as NodeJS.ErrnoException));
      return spawned;
    }
    const started = child;
    // Errors that come later are about signals, which tell of them themselves.
    started.on("error", (error) => {
      if (!spawned.called) spawned.errback(explained(request, error));
    });
    started.once("spawn", () => {
      if (!spawned.called) spawned.callback(new NodeChild(started, request));
    });
    return spawned;
  }
}

class NodeChild implements ChildHandle {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #request: SpawnRequest;
  #exited = false;
  #reading = true;

  constructor(child: ChildProcess, request: SpawnRequest) {
    this.#child = child;
    this.#request = request;
    this.pid = child.pid as number;
    child.once("exit", () => {
      this.#exited = true;
    });
  }

  start(events: ChildEvents): void {
    this.#events = events;
    this.#child.once("exit", (code, signal) => {
      events.exited(code ?? undefined, signal ?? undefined);
    });
    for (const [childFD, kind] of this.#request.childFDs) {
      if (typeof kind === "number") continue;
      const socket = this.#socket(childFD);
      let error: Error | undefined;
      socket.on("error", (broken) => {
        error = broken;
      });
      socket.on("close", () => {
        // Node closes a dead child's input without a word of what it had not read.
        const cut = kind === "w" && error === undefined && socket.writableLength > 0;
        events.closed(childFD, cut ? brokenPipe() : error);
      });
      // By "readable", not "data": Node sets a dead child's pipes flowing, even paused ones.
      if (kind === "r") socket.on("readable", () => this.#read(childFD));
      // It is how the end of a pipe to the child is noticed; nothing else comes by it.
      else if (childFD > 0) socket.resume();
    }
  }

  write(childFD: number, bytes: Uint8Array): void {
    this.#socket(childFD).write(bytes, (error) => {
      if (error === undefined || error === null) this.#events?.taken(childFD);
    });
  }

  bufferedBytes(childFD: number): number {
    const socket = this.#socket(childFD);
    return socket.destroyed ? 0 : socket.writableLength;
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (!enabled) return;
    process.nextTick(() => {
      for (const [childFD, kind] of this.#request.childFDs) if (kind === "r") this.#read(childFD);
    });
  }

  finish(childFD: number): void {
    this.#socket(childFD).destroySoon();
  }

  destroy(childFD: number, error?: Error): void {
    this.#socket(childFD).destroy(error);
  }

  signal(signal: string | number, to: SignalTarget): boolean {
    const number = signalNumber(signal);
    if (to === "group" && this.#request.processGroup) {
      return this.treeIsAlive() && sent(-this.pid, number);
    }
    return !this.#exited && sent(this.pid, number);
  }

  treeIsAlive(): boolean {
    if (!this.#exited || !this.#request.processGroup) return !this.#exited;
    return sent(-this.pid, 0) && groupLives(this.pid);
  }

  /** Ends it, as nobody wants it. */
  discard(): void {
    this.signal("KILL", "group");
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  #events: ChildEvents | undefined = undefined;

  #read(childFD: number): void {
    const socket = this.#socket(childFD);
    while (this.#reading) {
      const data = socket.read() as Uint8Array | null;
      if (data === null) return;
      this.#events?.received(childFD, data);
    }
  }

  #socket(childFD: number): Socket {
    // Node's pipes are sockets.
    return this.#child.stdio[childFD as 0] as unknown as Socket;
  }
}

/** As the system says it. */
function brokenPipe(): Error {
  return Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
}

function stdioOf(childFDs: SpawnRequest["childFDs"]): ("pipe" | "ignore" | number)[] {
  const stdio: ("pipe" | "ignore" | number)[] = [];
  for (const [childFD, kind] of childFDs) stdio[childFD] = typeof kind === "number" ? kind : "pipe";
  return Array.from(stdio, (kind) => kind ?? "ignore");
}

/** Without those that are not given. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function explained(request: SpawnRequest, cause: NodeJS.ErrnoException): CannotSpawnError {
  // The system says the same of a command and of a directory that is not there.
  const aboutFiles = cause.code === "ENOENT" || cause.code === "ENOTDIR" || cause.code === "EACCES";
  const lacksCwd = aboutFiles && request.cwd !== undefined && !isDirectory(request.cwd);
  const reason = cause.code === "ENOTDIR" && !lacksCwd ? "ENOENT" : cause.code;
  return cannotSpawn(request, lacksCwd ? "ENOTDIR" : reason, { cause });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function signalNumber(signal: string | number): number {
  const known: Readonly<Record<string, number>> = constants.signals;
  const number =
    typeof signal === "number" ? signal : (known[signal] ?? known[`SIG${signal}`] ?? NaN);
  if (Object.values(known).includes(number)) return number;
  throw new BadOptionError(`"${signal}" is no signal of this system`);
}

/**
 * Whether there is anybody in a group but the dead whom nobody has buried: in a container without
 * an init process they stay for ever, and get signals as the living do. Only Linux tells.
 */
function groupLives(group: number): boolean {
  let entries: string[];
  try {
    entries = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return true;
  }
  return entries.length === 0 || entries.some((pid) => isLivingMember(pid, group));
}

function isLivingMember(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything: state, parent, group.
    const [state = "", , ofGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(ofGroup) === group && !/[ZX]/.test(state);
  } catch {
    // It has gone in the meantime.
    return false;
  }
}

/** Whether there was somebody to get it. */
function sent(pid: number, signal: number): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    // That there is somebody whom it must not reach is as good as nobody.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
