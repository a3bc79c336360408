import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inRoot, root } from "./paths.mjs";

/** A digest of the names and contents of files, given in the order that the caller wants. */
export function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = readFileSync(inRoot(path));
    // The length keeps one file's end from being read as the next one's beginning.
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** All files below a folder of the repository, in a stable order. */
export function filesBelow(folder) {
  return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** The text of a stamp, or undefined when there is none. */
export function readStamp(path) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
