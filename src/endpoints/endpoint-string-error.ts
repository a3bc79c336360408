import { SkeinError } from "../core/errors.ts";

/** So much of a string is shown on each side of what is wrong in it. */
const SHOWN = 60;

/**
 * An endpoint string means nothing. The message shows it, with a caret under the character that is
 * wrong:
 *
 * ```ts
 * import { createReactor, EndpointStringError, serverFromString } from "skein";
 *
 * const reactor = createReactor("clock");
 * try {
 *   serverFromString(reactor, "tcp:8080:backlgo=5");
 * } catch (error) {
 *   if (!(error instanceof EndpointStringError)) throw error;
 *   console.log(error.message);
 *   console.log(error.position);
 * }
 * // → "tcp" has no option "backlgo"; did you mean "backlog"? It has: port, interface, backlog
 * // →   tcp:8080:backlgo=5
 * // →            ^
 * // → 9
 * ```
 */
export class EndpointStringError extends SkeinError {
  override readonly name = "EndpointStringError";
  readonly code = "ERR_ENDPOINT_STRING";
  /** The whole string. */
  readonly string: string;
  /** Where it is wrong: the index of a character, or the length, if something is missing. */
  readonly position: number;

  constructor(why: string, string: string, position: number) {
    super(`${why}\n${pointed(string, position)}`);
    this.string = string;
    this.position = position;
  }
}

/** The string, in one line, and a caret under the character. */
function pointed(string: string, position: number): string {
  const from = Math.max(0, position - SHOWN);
  const to = Math.min(string.length, position + SHOWN);
  const before = (from > 0 ? "…" : "") + visible(string.slice(from, position));
  const after = visible(string.slice(position, to)) + (to < string.length ? "…" : "");
  // One column for each character, however many units it has.
  const columns = Array.from(before).length;
  return `  ${before}${after}\n  ${" ".repeat(columns)}^`;
}

/** Without what would break the line, or end the terminal's patience. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are meant
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "\u{fffd}");
}
