import type { ProcessStatistics } from "../../application/process-statistics.ts";
import { visible } from "../../core/visible.ts";
import type { MemberReport } from "../fleet/report-all.ts";
import type { Refusal, Snapshot } from "./snapshot.ts";

/** Of what is shown of a refusal. */
const REFUSAL_CHARACTERS_MAX = 500;

/**
 * What a line of a control socket says: undefined for what no daemon says. A socket may be
 * somebody else's, as its name can be guessed: what it says must not steer the terminal, either.
 */
export function readSnapshot(line: string): Snapshot | Refusal | undefined {
  let said: Partial<Snapshot & Refusal> | null;
  try {
    said = JSON.parse(line) as Partial<Snapshot & Refusal> | null;
  } catch {
    return undefined;
  }
  if (typeof said?.error === "string") {
    return { error: visible(said.error.slice(0, REFUSAL_CHARACTERS_MAX)) };
  }
  if (!Array.isArray(said?.processes) || !said.processes.every(isReport)) return undefined;
  return { processes: said.processes };
}

function isReport(value: unknown): value is MemberReport {
  if (!isObject(value)) return false;
  const { id, pid, ready, statistics } = value;
  return (
    typeof id === "number" &&
    (pid === undefined || typeof pid === "number") &&
    typeof ready === "boolean" &&
    (statistics === undefined || isStatistics(statistics))
  );
}

const NUMBERS: readonly (keyof ProcessStatistics)[] = [
  "upSeconds",
  "cpuSeconds",
  "residentBytes",
  "heapBytes",
  "bytesReceived",
  "bytesSent",
];

function isStatistics(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { loopDelay, open, gauges } = value;
  return (
    NUMBERS.every((name) => typeof value[name] === "number") &&
    isNumbers(loopDelay) &&
    isNumbers(open) &&
    isObject(gauges) &&
    Object.values(gauges).every(isNumbers)
  );
}

/** Those that are none, NaN say, are null in JSON. */
function isNumbers(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((n) => typeof n === "number" || n === null);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
