/**
 * The rules about which file of src may import which, as pure functions over the texts of the
 * files: the test applies them to src, and to small planted violations to prove that they can fail.
 */
import { posix } from "node:path";
import { importsOf, type Import } from "./imports.ts";

/** Paths from the root of the repository, with forward slashes, to the texts of the files. */
export type Sources = ReadonlyMap<string, string>;

/** Lower folders first. Folders of one row do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ["core"],
  ["defer"],
  ["reactor"],
  ["task", "protocols", "threads", "log"],
  ["endpoints", "interop", "threading", "rxjs"],
  ["multiprocessing"],
  ["application", "virtual", "opentelemetry"],
  ["web"],
  ["daemons"],
  ["cli"],
];

const ENTRY = "src/index.ts";
const BACKENDS = "src/reactor/backends/";
/** The registries, one for each platform: nobody else chooses a backend. */
const REGISTRIES = new Set(["src/reactor/index.ts", "src/reactor/browser.ts"]);

interface Edge extends Import {
  readonly from: string;
  readonly to: string;
}

/** Folders import themselves and lower ones; testing all but cli, and nobody imports testing. */
export function directionViolations(sources: Sources): string[] {
  const strangers = [...sources.keys()]
    .filter((path) => path !== ENTRY && !isKnown(folderOf(path)))
    .map((path) => `${path}: is in no folder that the layering knows`);
  const upward = edgesOf(sources)
    .filter(({ from, to }) => !mayImport(from, to))
    .map((edge) => describe(edge, `${areaOf(edge.from)} must not import ${areaOf(edge.to)}`));
  const selfReferences = [...sources].flatMap(([from, text]) =>
    importsOf(text)
      .filter(({ specifier }) => /^skein(?:\/|$)/.test(specifier))
      .map(({ line, specifier }) => `${from}:${line}: imports the package by name: ${specifier}`),
  );
  return [...strangers, ...upward, ...selfReferences];
}

/** Only the registries import backends, and backends one another. */
export function backendViolations(sources: Sources): string[] {
  return edgesOf(sources)
    .filter(({ to }) => to.startsWith(BACKENDS))
    .filter(({ from }) => !from.startsWith(BACKENDS) && !REGISTRIES.has(from))
    .map((edge) => describe(edge, "only a registry imports a backend"));
}

/** Cycles of imports that exist when the program runs, each reported once, as a path of files. */
export function cycles(sources: Sources): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to, typeOnly } of edgesOf(sources)) {
    if (!typeOnly) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const found: string[] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at !== -1) found.push([...path.slice(at), file].join(" → "));
    if (at !== -1 || finished.has(file)) return;
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    finished.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return found;
}

/** The imports between the given files; those of packages and of Node are not among them. */
export function edgesOf(sources: Sources): Edge[] {
  return [...sources].flatMap(([from, text]) =>
    importsOf(text)
      .filter(({ specifier }) => specifier.startsWith("."))
      .map((found) => ({ ...found, from, to: posix.join(posix.dirname(from), found.specifier) })),
  );
}

function mayImport(from: string, to: string): boolean {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target) return true;
  if (target === "" || target === "testing") return false;
  if (source === "testing" || from === ENTRY) return target !== "cli";
  return levelOf(target) < levelOf(source);
}

/** The folder below src, or "" for a file in src itself. */
function folderOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? "";
}

function areaOf(path: string): string {
  return folderOf(path) || path;
}

function isKnown(folder: string): boolean {
  return folder === "testing" || levelOf(folder) !== -1;
}

function levelOf(folder: string): number {
  return LAYERS.findIndex((row) => row.includes(folder));
}

function describe({ from, line, specifier }: Edge, rule: string): string {
  return `${from}:${line}: ${rule} (${specifier})`;
}
