/** What the options' values are read by. */
import { UsageError } from "./usage-error.ts";

/** More than that is a mistake: each takes some 40 MB. */
const PROCESSES_MAX = 512;

export function text(written: string): string {
  return written;
}

/** Of an option without a value. */
export function yes(): boolean {
  return true;
}

/** Items with commas between them; those of several options come together. */
export function list(
  written: string,
  _flag: string,
  before: readonly string[] = [],
): readonly string[] {
  return [...before, ...written.split(",")];
}

/** A time, 0 being one. @throws UsageError */
export function seconds(written: string, flag: string): number {
  const number = Number(written);
  if (written.trim() === "" || !(number >= 0 && number < Infinity)) {
    throw new UsageError(`${flag} needs a number of seconds, not "${written}"`);
  }
  return number;
}

/** How many processes: a number from 1 on, or as many as processors. @throws UsageError */
export function processes(written: string, flag: string): number | "auto" {
  if (written === "auto") return written;
  const number = Number(written);
  if (/^\d+$/.test(written) && number >= 1 && number <= PROCESSES_MAX) return number;
  throw new UsageError(
    `${flag} needs a number of processes, from 1 to ${PROCESSES_MAX}, or "auto", not "${written}"`,
  );
}
