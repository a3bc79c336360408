/** What the options' values are read by. */
import { resolve } from "node:path";
import { didYouMean } from "../application/did-you-mean.ts";
import { UsageError } from "./usage-error.ts";

/** More than that is a mistake: each takes some 40 MB. */
const PROCESSES_MAX = 512;

/** @throws UsageError for nothing. */
export function text(written: string, flag: string): string {
  if (written === "") throw new UsageError(`${flag} needs a value`);
  return written;
}

/** A path, from where the command was called. @throws UsageError */
export function path(written: string, flag: string): string {
  return resolve(text(written, flag));
}

/** A path, from where the command was called, or "auto". @throws UsageError */
export function pathOrAuto(written: string, flag: string): string {
  return written === "auto" ? written : path(written, flag);
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

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[]): (written: string, flag: string) => T {
  return (written, flag) => {
    const found = words.find((word) => word === written);
    if (found !== undefined) return found;
    const meant = didYouMean(written, words);
    throw new UsageError(`${flag} needs one of ${words.join(", ")}, not "${written}"${meant}`);
  };
}

/** A number where it is one, else the text. @throws UsageError */
export function seed(written: string, flag: string): number | string {
  const number = Number(text(written, flag));
  return Number.isFinite(number) ? number : written;
}

/** Permissions in octal digits. @throws UsageError */
export function fileMode(written: string, flag: string): number {
  if (/^[0-7]{1,4}$/.test(written)) return Number.parseInt(written, 8);
  throw new UsageError(`${flag} needs a mode in octal digits, like 027, not "${written}"`);
}
