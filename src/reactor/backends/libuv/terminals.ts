/** Pseudo-terminals: their descriptors, and who must not get them. */
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { closeSync, constants, fchownSync, openSync } from "node:fs";
import type { SpawnRequest, TerminalRequest } from "../../process-driver.ts";
import type { TerminalSize } from "../../processes.ts";
import type { NodePTY } from "./node-pty.ts";

export type Stdio = ("pipe" | "ignore" | number)[];

const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
/** What the environment says of the terminal that this process has, and another has not. */
const OF_OUR_TERMINAL = new Set(["COLUMNS", "LINES", "TERMCAP"]);

/**
 * Our sides of the terminals that are open. node-pty opens them so that every child gets a copy,
 * and a terminal does not hang up while anybody has one.
 */
const masters = new Set<number>();

/** As spawn(); in the child a descriptor of /dev/null is in the place of each terminal of ours. */
export function spawnWithoutTerminals(
  command: string,
  args: readonly string[],
  stdio: Stdio,
  options: Omit<SpawnOptions, "stdio">,
): ChildProcess {
  const nothing = masters.size > 0 ? openSync("/dev/null", O_RDWR) : undefined;
  try {
    const all: (Stdio[number] | undefined)[] = [...stdio];
    for (const master of masters) all[master] ??= nothing;
    const length = Math.max(3, all.length);
    return spawn(command, args, {
      ...options,
      stdio: Array.from({ length }, (_, childFD) => all[childFD] ?? "ignore"),
    });
  } finally {
    if (nothing !== undefined) closeSync(nothing);
  }
}

export class Terminal {
  /** The file of the child's side. */
  readonly path: string;
  /** The descriptor of our side. */
  readonly master: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * The child's side, which is held open until the child has exited: without anybody there, our
   * side is at its end, and libuv gives up a terminal at its end unread.
   */
  #slave: number | undefined;
  readonly #pty: NodePTY;

  /** @throws the system's errors. */
  constructor(pty: NodePTY, request: SpawnRequest) {
    const { name, columns, rows } = request.terminal as TerminalRequest;
    this.#pty = pty;
    const { master, slave, pty: path } = opened(pty, { columns, rows });
    this.master = master;
    this.path = path;
    masters.add(master);
    try {
      // By its path, unlike the one that came with it, so that no child gets a copy.
      this.#slave = openSync(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
      if (request.uid !== undefined) fchownSync(this.#slave, request.uid, request.gid ?? -1);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      closeSync(slave);
    }
    this.environment = { ...(request.env ?? ownEnvironment()), TERM: name };
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#pty.resize(this.master, columns, rows);
  }

  /** Holds the child's side no longer. */
  releaseSlave(): void {
    if (this.#slave !== undefined) closeSync(this.#slave);
    this.#slave = undefined;
  }

  /** Our side is closed by somebody else, now. */
  forget(): void {
    this.releaseSlave();
    masters.delete(this.master);
  }

  close(): void {
    this.forget();
    closeSync(this.master);
  }
}

function opened(pty: NodePTY, { columns, rows }: TerminalSize): ReturnType<NodePTY["open"]> {
  try {
    return pty.open(columns, rows);
  } catch (error) {
    // It does not say why. What it does first does.
    closeSync(openSync("/dev/ptmx", O_RDWR | O_NOCTTY));
    throw error;
  }
}

function ownEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OF_OUR_TERMINAL.has(name)),
  );
}
