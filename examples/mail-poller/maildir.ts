/** A mailbox on this machine, as a folder (a Maildir): for a worker, as looking holds its thread. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** How many letters nobody has read. */
export function countLetters(folder: string): number {
  return readdirSync(join(folder, "new")).length;
}
