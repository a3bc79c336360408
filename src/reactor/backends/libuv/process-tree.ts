/** A process of the system, and who belongs to it: what signals reach, and who is left. */
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { BadOptionError } from "../../../core/errors.ts";
import type { SignalTarget } from "../../processes.ts";

/**
 * Who belongs to a process: nobody else; the group that it leads; or all groups of its session, as
 * a shell in a terminal makes one for each of its jobs.
 */
export type Following = "nobody" | "group" | "session";

export class ProcessTree {
  readonly #pid: number;
  readonly #following: Following;
  /** The process itself has exited. */
  hasExited = false;

  constructor(pid: number, following: Following) {
    this.#pid = pid;
    this.#following = following;
  }

  /** Sends a signal; false if there is nobody to get it. @throws BadOptionError */
  signal(signal: string | number, to: SignalTarget): boolean {
    const number = signalNumber(signal);
    if (to === "process" || this.#following === "nobody") {
      return !this.hasExited && sent(this.#pid, number);
    }
    if (!this.isAlive()) return false;
    const groups = this.#following === "group" ? [] : groupsOf(this.#pid);
    // Its own first, also where the system does not tell which there are.
    return [...new Set([this.#pid, ...groups])].map((group) => sent(-group, number)).includes(true);
  }

  /** Whether the process is there, or any other that belongs to it. */
  isAlive(): boolean {
    if (!this.hasExited || this.#following === "nobody") return !this.hasExited;
    if (this.#following === "session") return groupsOf(this.#pid).length > 0;
    return sent(-this.#pid, 0) && groupLives(this.#pid);
  }
}

function signalNumber(signal: string | number): number {
  const known: Readonly<Record<string, number>> = constants.signals;
  const number =
    typeof signal === "number" ? signal : (known[signal] ?? known[`SIG${signal}`] ?? NaN);
  if (Object.values(known).includes(number)) return number;
  throw new BadOptionError(`"${signal}" is no signal of this system`);
}

/** One of the system's processes; only Linux tells. */
interface Process {
  readonly group: number;
  readonly session: number;
}

/**
 * Whether there is anybody in a group but the dead whom nobody has buried: in a container without
 * an init process they stay for ever, and get signals as the living do.
 */
function groupLives(group: number): boolean {
  const processes = livingProcesses();
  return processes === undefined || processes.some((one) => one.group === group);
}

/** The groups of a session with anybody alive in them. */
function groupsOf(session: number): number[] {
  const groups = livingProcesses()
    ?.filter((one) => one.session === session)
    .map(({ group }) => group);
  if (groups !== undefined) return [...new Set(groups)];
  return sent(-session, 0) ? [session] : [];
}

function livingProcesses(): Process[] | undefined {
  let entries: string[];
  try {
    entries = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  if (entries.length === 0) return undefined;
  return entries.flatMap((pid) => livingProcess(pid) ?? []);
}

function livingProcess(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything: state, parent, group, session.
    const [state = "", , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (/[ZX]/.test(state)) return undefined;
    return { group: Number(group), session: Number(session) };
  } catch {
    // It has gone in the meantime.
    return undefined;
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
