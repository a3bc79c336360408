/** The files and processes of the machine, for what is also loaded where there are none. */
import { NoFilesystemError } from "./filesystem-errors.ts";

/** What of node:fs is used. */
interface Files {
  chmodSync(path: string, mode: number): void;
  mkdirSync(path: string): unknown;
  mkdtempSync(prefix: string): string;
  readdirSync(path: string): string[];
  readFileSync(path: string, encoding: "utf8"): string;
  renameSync(from: string, to: string): void;
  rmdirSync(path: string): void;
}

/** A process among others, on a machine with files. */
export interface Host {
  readonly files: Files;
  readonly pid: number;
  /** With signal 0: throws unless there is such a process. */
  kill(pid: number, signal: 0): unknown;
}

/** @throws NoFilesystemError */
export function host(): Host {
  const { process } = globalThis as {
    process?: Omit<Host, "files"> & { getBuiltinModule?(name: "fs"): Files | undefined };
  };
  const files = process?.getBuiltinModule?.("fs");
  if (process === undefined || files === undefined) {
    throw new NoFilesystemError();
  }
  return { files, pid: process.pid, kill: (pid, signal) => process.kill(pid, signal) };
}

/** The system's code of an error: ENOENT, … */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}
