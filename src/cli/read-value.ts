/** What the options' values are read by. */
import { UsageError } from "./usage-error.ts";

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
