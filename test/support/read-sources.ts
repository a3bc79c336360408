import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sources } from "./layering.ts";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** The files below a folder of the repository whose names end in one of the given ways. */
export function readSources(folder: string, ...endings: readonly string[]): Sources {
  if (!existsSync(join(root, folder))) return new Map();
  const paths = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  return new Map(
    paths.map((path) => [path.split(sep).join("/"), readFileSync(join(root, path), "utf8")]),
  );
}
