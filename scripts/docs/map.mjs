/**
 * The order of the pages is that of `docs/index.md`: its second-level headings are the parts of the
 * navigation, and the first link of each item is a page. A page that it leaves out comes last, in
 * a part of its own.
 */
import { posix } from "node:path";

/** @returns [{ title, entries: [{ title, path }] }], with paths from the root of the repository. */
export function readMap(text, folder) {
  const parts = [];
  for (const line of text.split("\n")) {
    const heading = /^## (.*)$/.exec(line)?.[1];
    if (heading !== undefined) parts.push({ title: heading, entries: [] });
    const [, title, href] = /^- \[([^\]]*)\]\(([^)#]*)\)/.exec(line) ?? [];
    if (title === undefined) continue;
    parts.at(-1)?.entries.push({ title, path: posix.join(folder, href) });
  }
  return parts;
}

/** The map with those pages that it leaves out. */
export function withOthers(parts, paths) {
  const known = new Set(parts.flatMap(({ entries }) => entries.map(({ path }) => path)));
  const others = paths.filter((path) => !known.has(path));
  if (others.length === 0) return parts;
  const entries = others.map((path) => ({ title: posix.basename(path, ".md"), path }));
  return [...parts, { title: "Not on the map", entries }];
}
