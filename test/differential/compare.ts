/** Compares what the two interpreters make of a program. */
import { Script } from "node:vm";
import { interpret } from "./machine.ts";
import type { Answer } from "./oracle.ts";
import type { Program } from "./program.ts";

/** A program takes less than a millisecond; a Deferred that is broken may go round for ever. */
const PROGRAM_TIMEOUT_MS = 500;
const BATCH_TIMEOUT_MS = 5_000;
export const ENDLESS = "it did not end";

/** The trace of a program here, even if it does not end. */
export function traceOf(program: Program): string[] {
  return withinTime(PROGRAM_TIMEOUT_MS, () => interpret(program)) ?? [ENDLESS];
}

/** The traces of many, in less time; undefined if one did not end. */
export function tracesOf(programs: readonly Program[]): string[][] | undefined {
  return withinTime(BATCH_TIMEOUT_MS, () => programs.map(interpret));
}

/** Whether the trace is that of the oracle, as far as that goes. */
export function agrees(ours: readonly string[], { trace, cut }: Answer): boolean {
  if (cut === null ? ours.length !== trace.length : ours.length < trace.length) return false;
  return trace.every((event, i) => event === ours[i]);
}

// The code of a Script can be stopped after a time, with all that it calls.
const JOB = Symbol.for("skein.differential.job");
const script = new Script('globalThis[Symbol.for("skein.differential.job")]()');

function withinTime<T>(timeout: number, job: () => T): T | undefined {
  Object.assign(globalThis, { [JOB]: job });
  try {
    return script.runInThisContext({ timeout }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  }
}
