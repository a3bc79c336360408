/** The view of a daemon as lines of text. */
import type { ProcessView } from "./view.ts";

/** A column of the table: its head, and what a process has there. */
type Column = readonly [head: string, cell: (process: ProcessView) => string];

const COLUMNS: readonly Column[] = [
  ["#", ({ id }) => String(id)],
  ["PID", ({ pid }) => String(pid ?? "?")],
  ["STATE", ({ state }) => state],
  ["UP", ({ upSeconds }) => known(upSeconds, duration)],
  ["CPU", ({ cpu }) => known(cpu, (part) => `${(part * 100).toFixed(0)}%`)],
  ["MEM", ({ residentBytes }) => known(residentBytes, bytes)],
  ["HEAP", ({ heapBytes }) => known(heapBytes, bytes)],
  ["DELAY", ({ delayMeanSeconds }) => known(delayMeanSeconds, millis)],
  ["MAX", ({ delayMaxSeconds }) => known(delayMaxSeconds, millis)],
  ["CONN", ({ open }) => String(open["connection"] ?? 0)],
  ["TIMERS", ({ open }) => String(open["delayed call"] ?? 0)],
  ["IN/s", ({ receivedPerSecond }) => known(receivedPerSecond, bytes)],
  ["OUT/s", ({ sentPerSecond }) => known(sentPerSecond, bytes)],
];

/** The lines of one picture, none longer than `columns`, no more than `rows`. */
export function screenOf(
  title: string,
  processes: readonly ProcessView[],
  columns: number = Infinity,
  rows: number = Infinity,
): string[] {
  const table = [COLUMNS.map(([head]) => head), ...processes.map(cellsOf)];
  const widths = COLUMNS.map((_, at) => Math.max(...table.map((row) => (row[at] ?? "").length)));
  const aligned = table.map((row) =>
    row
      .map((cell, at) => (at === 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  "),
  );
  const lines = [title, "", ...aligned, "", ...others(processes)].map((line) =>
    fit(printable(line), columns),
  );
  return lines.length <= rows ? lines : [...lines.slice(0, Math.max(0, rows - 1)), "…"];
}

function cellsOf(process: ProcessView): string[] {
  return COLUMNS.map(([, cell]) => cell(process));
}

/** What else is open, and what the daemon says of itself. */
function others(processes: readonly ProcessView[]): string[] {
  return processes.flatMap(({ id, open, gauges }) => {
    const kinds = Object.entries(open).map(([kind, count]) => `${count} × ${kind}`);
    const parts = Object.entries(gauges).map(([name, values]) => {
      const each = Object.entries(values).map(([key, value]) => `${key} ${value}`);
      return `  ${name}: ${each.join(", ")}`;
    });
    return [`${id}: ${kinds.length === 0 ? "nothing open" : kinds.join(", ")}`, ...parts];
  });
}

function known(value: number | null, format: (value: number) => string): string {
  return value === null ? "-" : format(value);
}

/** Names are the daemon's: they must not steer the terminal, nor turn what is beside them. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "?");
}

function fit(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

export function bytes(count: number): string {
  const units = ["B", "K", "M", "G", "T"];
  let at = 0;
  let rest = count;
  for (; rest >= 1000 && at < units.length - 1; at++) rest /= 1024;
  return `${at === 0 || rest >= 100 ? rest.toFixed(0) : rest.toFixed(1)}${units[at]}`;
}

export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (minutes === 0) return `${whole}s`;
  if (hours === 0) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
  if (hours < 48) return `${hours}h${String(minutes % 60).padStart(2, "0")}m`;
  return `${Math.floor(hours / 24)}d${hours % 24}h`;
}

function millis(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)}ms`;
}
