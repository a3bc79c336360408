import { edgesOf, type Sources } from "./layering.ts";

const MAX_COLUMNS = 100;
const MAX_LINES = 400;

export function longLines(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) =>
    text
      .split("\n")
      // Characters, not UTF-16 units.
      .map((line, i) => ({ columns: Array.from(line).length, at: `${path}:${i + 1}` }))
      .filter(({ columns }) => columns > MAX_COLUMNS)
      .map(({ columns, at }) => `${at}: ${columns} columns`),
  );
}

/** Exceptions that are no longer needed are reported too, so that they do not pile up. */
export function longFiles(sources: Sources, exceptions: ReadonlySet<string>): string[] {
  const long = [...sources]
    .map(([path, text]) => ({ path, lines: text.replace(/\n$/, "").split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES);
  const idle = [...exceptions].filter((path) => !long.some((file) => file.path === path));
  return [
    ...long.filter(({ path }) => !exceptions.has(path)).map((f) => `${f.path}: ${f.lines} lines`),
    ...idle.map((path) => `${path}: needs no exception`),
  ];
}

export interface Manifest {
  readonly exports: unknown;
  readonly bin?: unknown;
}

/** The sources behind all targets in a manifest's `exports` and `bin`, under every condition. */
export function entryPoints({ exports, bin }: Manifest): string[] {
  const paths = targets([exports, bin])
    .map((target) => target.replace(/^\.\//, ""))
    .map((target) => target.replace(/^dist\/(.*?)(?:\.d\.ts|\.js)$/, "src/$1.ts"))
    .filter((path) => path.startsWith("src/"));
  return [...new Set(paths)];
}

function targets(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(targets);
}

/**
 * Files that no entry point leads to, and entry points without a file. Workers are started by their
 * path, which no import shows: their main files are entries of their own.
 */
export function deadFiles(sources: Sources, entries: readonly string[]): string[] {
  const edges = edgesOf(sources);
  const workers = [...sources.keys()].filter((path) => /\/worker-main[^/]*\.ts$/.test(path));
  const live = new Set([...entries, ...workers]);
  // A set hands out what is added while it is walked.
  for (const path of live) {
    for (const { to } of edges.filter(({ from }) => from === path)) live.add(to);
  }
  return [
    ...entries.filter((path) => !sources.has(path)).map((path) => `${path}: entry without a file`),
    ...[...sources.keys()].filter((path) => !live.has(path)).map((path) => `${path}: dead file`),
  ];
}
