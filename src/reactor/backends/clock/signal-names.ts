import { BadOptionError } from "../../../core/errors.ts";

/** The numbers that have one meaning on all systems that have signals; the names of more. */
const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGURG: 23,
  SIGWINCH: 28,
};
const IGNORED = new Set(["SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH"]);

/** A signal's whole name; the numbers are Linux's. @throws BadOptionError */
export function signalName(signal: string | number): string {
  const found = Object.entries(NUMBERS).find(
    ([name, number]) => number === signal || name === signal || name === `SIG${signal}`,
  );
  if (found !== undefined) return found[0];
  throw new BadOptionError(`"${signal}" is no signal of this system`);
}

/** Whether a process that says nothing about it goes on. */
export function ignoredByDefault(name: string): boolean {
  return IGNORED.has(name);
}
