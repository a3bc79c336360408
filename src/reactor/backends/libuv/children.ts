/** Child processes of node:child_process. */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { defined } from "../../../core/defined.ts";
import { Deferred, fromPromise } from "../../../defer/deferred.ts";
import { fail } from "../../../defer/fired.ts";
import type {
  ChildEvents,
  ChildHandle,
  ProcessDriver,
  SpawnRequest,
} from "../../process-driver.ts";
import { NoTerminalsError } from "../../process-errors.ts";
import type { SignalTarget } from "../../processes.ts";
import { brokenPipe } from "./broken-pipe.ts";
import { type NodePTY, nodePTY } from "./node-pty.ts";
import { ProcessTree } from "./process-tree.ts";
import { commandFault, explained } from "./spawn-errors.ts";
import { TerminalChild } from "./terminal-child.ts";
import { spawnWithoutTerminals, type Stdio, Terminal } from "./terminals.ts";

/** Opens the terminal that it is given as $0, which becomes its session's, and is the command. */
const IN_TERMINAL = 'exec "$@" <>"$0" >&0 2>&0';

export class NodeProcesses implements ProcessDriver {
  readonly hasTerminals = true;

  spawn(request: SpawnRequest): Deferred<ChildHandle> {
    if (request.terminal !== undefined) {
      return fromPromise(nodePTY()).addCallbacks(
        (pty) => spawnInTerminal(request, pty),
        ({ message }) => {
          throw new NoTerminalsError(`cannot start "${request.command}" in a terminal: ${message}`);
        },
      );
    }
    return started(
      request,
      () => launch(request, request.command, request.args, stdioOf(request.childFDs)),
      (child) => new NodeChild(child, request),
    );
  }
}

function spawnInTerminal(request: SpawnRequest, pty: NodePTY): Deferred<ChildHandle> {
  const fault = commandFault(request);
  if (fault !== undefined) return fail(fault);
  let terminal: Terminal;
  try {
    terminal = new Terminal(pty, request);
  } catch (error) {
    return fail(explained(request, error as NodeJS.ErrnoException));
  }
  const { path, environment } = terminal;
  const args = ["-c", IN_TERMINAL, path, request.command, ...request.args];
  return started(
    request,
    () => launch({ ...request, env: environment }, "/bin/sh", args, []),
    (child) => new TerminalChild(child, terminal),
  ).addErrback((failure) => {
    terminal.close();
    return failure;
  });
}

function launch(
  { processGroup, cwd, env, uid, gid }: SpawnRequest,
  command: string,
  args: readonly string[],
  stdio: Stdio,
): ChildProcess {
  const options = { detached: processGroup, ...defined({ cwd, env, uid, gid }) };
  return spawnWithoutTerminals(command, args, stdio, options);
}

/** Waits until it is started; one that nobody waits for any more is ended. */
function started<H extends ChildHandle & { discard(): void }>(
  request: SpawnRequest,
  start: () => ChildProcess,
  handle: (child: ChildProcess) => H,
): Deferred<ChildHandle> {
  let child: ChildProcess | undefined;
  const spawned = new Deferred<ChildHandle>(() => {
    child?.once("spawn", () => handle(child as ChildProcess).discard());
  });
  try {
    child = start();
  } catch (error) {
    spawned.errback(explained(request, error as NodeJS.ErrnoException));
    return spawned;
  }
  const begun = child;
  // Errors that come later are about signals, which tell of them themselves.
  begun.on("error", (error) => {
    if (!spawned.called) spawned.errback(explained(request, error));
  });
  begun.once("spawn", () => {
    if (!spawned.called) spawned.callback(handle(begun));
  });
  return spawned;
}

class NodeChild implements ChildHandle {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #request: SpawnRequest;
  readonly #tree: ProcessTree;
  #reading = true;

  constructor(child: ChildProcess, request: SpawnRequest) {
    this.#child = child;
    this.#request = request;
    this.pid = child.pid as number;
    this.#tree = new ProcessTree(this.pid, request.processGroup ? "group" : "nobody");
    child.once("exit", () => {
      this.#tree.hasExited = true;
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
    return this.#tree.signal(signal, to);
  }

  treeIsAlive(): boolean {
    return this.#tree.isAlive();
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

function stdioOf(childFDs: SpawnRequest["childFDs"]): Stdio {
  const stdio: Stdio = [];
  for (const [childFD, kind] of childFDs) stdio[childFD] = typeof kind === "number" ? kind : "pipe";
  return stdio;
}
