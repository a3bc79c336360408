/** What users ask of spawnProcess, checked. */
import { BadOptionError } from "../core/errors.ts";
import type { SpawnRequest, TerminalRequest } from "./process-driver.ts";
import type { ChildFD, SpawnOptions, TerminalSize } from "./processes.ts";

const STANDARD_FDS: Readonly<Record<number, ChildFD>> = { 0: "w", 1: "r", 2: "r" };
/** Both sides of a terminal. */
const TERMINAL_FDS: Readonly<Record<number, ChildFD>> = { 0: "w", 1: "r" };
const COLUMNS = 80;
const ROWS = 24;
const TERMINAL_NAME = "xterm-256color";
/** The system has 16 bits for each. */
const SIZE_MAX = 65_535;

/** @throws BadOptionError */
export function spawnRequest(command: string, options: SpawnOptions): SpawnRequest {
  const { args = [], env, cwd, uid, gid, processGroup = true } = options;
  const terminal = terminalRequest(options);
  for (const text of [command, ...args, cwd ?? "", terminal?.name ?? ""]) {
    if (!text.includes("\0")) continue;
    throw new BadOptionError(
      `a command and its arguments are without NUL: ${JSON.stringify(text)}`,
    );
  }
  if (command === "") throw new BadOptionError("a command must have a name");
  for (const [name, id] of Object.entries({ uid, gid })) {
    if (id === undefined || (Number.isInteger(id) && id >= 0)) continue;
    throw new BadOptionError(`${name} must be a whole number from 0, not ${id}`);
  }
  const standardFDs = terminal === undefined ? STANDARD_FDS : TERMINAL_FDS;
  const childFDs = new Map(
    Object.entries(options.childFDs ?? standardFDs).map(([key, kind]) => checkedFD(key, kind)),
  );
  return { command, args: [...args], env, cwd, uid, gid, childFDs, processGroup, terminal };
}

function terminalRequest({
  pty = false,
  env,
  childFDs,
  processGroup,
}: SpawnOptions): TerminalRequest | undefined {
  if (pty === false) return undefined;
  if (childFDs !== undefined || processGroup === false) {
    const what = childFDs === undefined ? "processGroup: false" : "childFDs";
    throw new BadOptionError(`${what} and pty exclude one another: choose one of them`);
  }
  const given = pty === true ? {} : pty;
  const { columns = COLUMNS, rows = ROWS, name = env?.["TERM"] ?? TERMINAL_NAME } = given;
  assertTerminalSize({ columns, rows });
  return { columns, rows, name };
}

/** @throws BadOptionError */
export function assertTerminalSize(size: TerminalSize): void {
  for (const [name, number] of Object.entries(size)) {
    if (Number.isInteger(number) && number >= 1 && number <= SIZE_MAX) continue;
    throw new BadOptionError(
      `${name} of a terminal must be a whole number from 1 to ${SIZE_MAX}, not ${number}`,
    );
  }
}

function checkedFD(key: string, kind: ChildFD): [number, ChildFD] {
  const childFD = Number(key);
  if (!Number.isInteger(childFD) || childFD < 0 || childFD > 255) {
    throw new BadOptionError(`"${key}" is not a descriptor of a child (a number from 0 to 255)`);
  }
  const valid =
    typeof kind === "number" ? Number.isInteger(kind) && kind >= 0 : /^[rw]$/.test(kind);
  if (!valid) {
    throw new BadOptionError(`a descriptor of a child is "r", "w" or a number, not "${kind}"`);
  }
  if (childFD === 0 && kind === "r") {
    throw new BadOptionError("descriptor 0 of a child can only be written to");
  }
  return [childFD, kind];
}
