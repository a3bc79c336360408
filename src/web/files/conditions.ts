import type { IncomingHttpHeaders } from "node:http";

/** What tells a version of a file from others. */
export interface Version {
  /** In quotes, and with W/ in front where equal ones may differ in their bytes. */
  readonly etag: string;
  /** In milliseconds of the system's. */
  readonly modifiedMs: number;
}

/**
 * What the conditions of a GET or HEAD request come to: 304, 412, or undefined, which is to answer
 * as if there were none.
 */
export function checkConditions(
  headers: IncomingHttpHeaders,
  { etag, modifiedMs }: Version,
): 304 | 412 | undefined {
  const ifMatch = headers["if-match"];
  const modified = seconds(modifiedMs);
  if (ifMatch !== undefined) {
    if (!lists(ifMatch, (tag) => isStrong(tag) && tag === etag)) return 412;
  } else {
    const since = seconds(Date.parse(headers["if-unmodified-since"] ?? ""));
    if (modified > since) return 412;
  }
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) {
    return lists(ifNoneMatch, (tag) => opaque(tag) === opaque(etag)) ? 304 : undefined;
  }
  const since = seconds(Date.parse(headers["if-modified-since"] ?? ""));
  return modified <= since ? 304 : undefined;
}

/** Whether a Range header is to be looked at: what the client has a part of has not changed. */
export function rangeHolds(headers: IncomingHttpHeaders, { etag, modifiedMs }: Version): boolean {
  const condition = headers["if-range"];
  if (condition === undefined) return true;
  if (typeof condition !== "string") return false;
  if (/^(?:W\/)?"/.test(condition)) return isStrong(condition) && condition === etag;
  return seconds(Date.parse(condition)) === seconds(modifiedMs);
}

/** Dates in headers have whole seconds. NaN, for what is none, is not comparable. */
function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function isStrong(tag: string): boolean {
  return tag.startsWith('"');
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, "");
}

function lists(header: string, fits: (tag: string) => boolean): boolean {
  if (header.trim() === "*") return true;
  return (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some(fits);
}
