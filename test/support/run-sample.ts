import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { presentGlobals } from "../../src/virtual/virtual-globals.ts";
import { root } from "./read-sources.ts";
import { sleep } from "./real-functions.ts";
import { pathOf } from "./sample-files.ts";
import type { Sample } from "./samples.ts";

const POLL_MS = 5;
/** How long a sample may go on after its last line, for those that leave work to a timer. */
const PATIENCE_MS = 2000;
/** How long a sample may take; less than a test may, so that what it leaves is tidied up. */
const SAMPLE_MS = 15_000;

/** Runs a written sample in this process, and returns the lines that it prints. */
export async function runSample(sample: Sample): Promise<string[]> {
  const printed: string[] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => void printed.push(...format(...values).split("\n"));
  try {
    await inTime(importAfresh(sample));
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
      if (printed.length >= sample.expected.length) break;
      await sleep(POLL_MS);
    }
  } finally {
    console.log = log;
    // One that has not come to its end would take the tests that follow out of the real time.
    presentGlobals()?.restore();
  }
  return printed.map((line) => line.trimEnd());
}

/** The query gives each run a module of its own, should another sample import this one. */
function importAfresh(sample: Sample): Promise<unknown> {
  return import(`${pathToFileURL(join(root, pathOf(sample))).href}?run`);
}

async function inTime(run: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const late = sleep(SAMPLE_MS, true, { signal: ended.signal }).catch(() => false);
  const isLate = await Promise.race([run.then(() => false), late]).finally(() => ended.abort());
  if (isLate) throw new Error(`it had not come to its end after ${SAMPLE_MS / 1000} seconds`);
}
