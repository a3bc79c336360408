/** Where calls come from, kept cheaply: a stack is only written out when somebody looks at it. */

/** A stack that was taken down: a text, unless somebody has set Error.prepareStackTrace. */
export interface Stack {
  readonly stack?: unknown;
}

/** A function or a class. */
export type Callee = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/**
 * Frames in the files of this package say nothing to its users. This is how such a file begins, as
 * a path and as a URL; a bundle may not know, and no line of a stack has a line break in it.
 */
const OWN_FILES =
  (import.meta.url as string | undefined)?.replaceAll(/^file:\/\/|core\/[^/]*$/g, "") ?? "\n";

/** V8 has it, and those who followed. */
const { captureStackTrace } = Error as { captureStackTrace?: (into: Stack, above: Callee) => void };

/** The stack from the caller of `above` on; from its own caller on where an engine cannot do so. */
export function takeStack(above: Callee): Stack {
  if (captureStackTrace === undefined) return new Error();
  const taken: Stack = {};
  captureStackTrace(taken, above);
  return taken;
}

/** Its lines, each as `    at …`; without those of this package that come first. */
export function framesOf({ stack }: Stack): string[] {
  const frames = String(stack)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  const first = frames.findIndex((line) => !line.includes(OWN_FILES));
  // Bundled, everything may be in one file.
  return frames.slice(Math.max(first, 0));
}

/** Whether a line of a stack is about a call in this package. */
export function isOwnFrame(line: string): boolean {
  return line.includes(OWN_FILES);
}
