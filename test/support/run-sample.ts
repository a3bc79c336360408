import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { root } from "./read-sources.ts";
import { pathOf } from "./sample-files.ts";
import type { Sample } from "./samples.ts";

const POLL_MS = 5;
/** How long a sample may go on after its last line, for those that leave work to a timer. */
const PATIENCE_MS = 2000;

/** Runs a written sample in this process, and returns the lines that it prints. */
export async function runSample(sample: Sample): Promise<string[]> {
  const printed: string[] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => void printed.push(...format(...values).split("\n"));
  try {
    // The query gives each run a module of its own, should another sample import this one.
    await import(`${pathToFileURL(join(root, pathOf(sample))).href}?run`);
    const deadline = Date.now() + PATIENCE_MS;
    while (printed.length < sample.expected.length && Date.now() < deadline) await sleep(POLL_MS);
  } finally {
    console.log = log;
  }
  return printed.map((line) => line.trimEnd());
}
