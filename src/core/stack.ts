/** Where calls come from, kept cheaply: a stack is only written out when somebody looks at it. */

/** A stack that was taken down. */
export interface Stack {
  readonly stack?: string;
}

/** A function or a class. */
export type Callee = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/**
 * Frames in the files of this package say nothing to its users. This is how such a file begins, as
 * a path and as a URL; a bundle may not know.
 */
const OWN_FILES = (import.meta.url as string | undefined)?.replaceAll(
  /^file:\/\/|core\/[^/]*$/g,
  "",
);

/** V8 has it, and those who followed. */
const { captureStackTrace } = Error as { captureStackTrace?: (into: Stack, above: Callee) => void };

/** The stack from the caller of `above` on; from its own caller on where an engine cannot do so. */
export function takeStack(above: Callee): Stack {
  if (captureStackTrace === undefined) return new Error("for its stack");
  const taken: Stack = {};
  captureStackTrace(taken, above);
  return taken;
}

/** Its lines, each as `    at …`; without those of this package that come first. */
export function framesOf(taken: Stack): string[] {
  const frames = (taken.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  if (OWN_FILES === undefined) return frames;
  const first = frames.findIndex((line) => !line.includes(OWN_FILES));
  // Bundled, everything may be in one file.
  return first === -1 ? frames : frames.slice(first);
}
