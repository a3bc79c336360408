import { sep } from "node:path";

/**
 * The parts of a path below the root, from what a client has asked for, as it was sent. The last is
 * empty for a directory. Undefined for what leads to no file: what is no text in percent-encoding,
 * an empty part, one that leads elsewhere (`..`), has a slash, a backslash or a NUL in it, and,
 * unless they are allowed, one that begins with a dot (but for `.well-known`).
 */
export function filePath(raw: string, dotfiles: boolean): string[] | undefined {
  let parts: string[];
  try {
    parts = raw.split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const directories = parts.slice(0, -1);
  if (directories.includes("") || !parts.every((part) => isName(part, dotfiles))) return undefined;
  return parts;
}

/** Whether a real path is that of a root, or lies below it. */
export function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function isName(part: string, dotfiles: boolean): boolean {
  // On Windows a colon separates a drive, or a stream of a file's.
  // oxlint-disable-next-line no-control-regex -- they are in no name that is meant well
  if (/[/\\\u0000-\u001f\u007f]/.test(part) || (sep === "\\" && /[:*?"<>|]|[. ]$/.test(part))) {
    return false;
  }
  if (!part.startsWith(".")) return true;
  return part === ".well-known" || (dotfiles && part !== "." && part !== "..");
}
