import { BadOptionError } from "../../core/errors.ts";
import { BadFrameError } from "../errors.ts";

/** The most bytes of a message, without its tags and its end. */
export const IRC_MESSAGE_BYTES = 510;

const encoder = new TextEncoder();
const COMMAND = /^(?:[A-Za-z]+|\d{3})$/;
/** What no part of a message holds. */
const FORBIDDEN = /[\0\r\n]/;
/** In the values of tags, behind a backslash. */
const ESCAPES: Readonly<Record<string, string>> = { ":": ";", s: " ", r: "\r", n: "\n" };

/** One message of IRC. */
export interface IRCMessage {
  /** What newer clients say about it; empty where there is nothing. */
  readonly tags: ReadonlyMap<string, string>;
  /** Who it is from: a server, or `nick!user@host`. */
  readonly prefix: string | undefined;
  /** In capitals; or three digits. */
  readonly command: string;
  readonly params: readonly string[];
}

/**
 * Takes a line for a message (RFC 1459 and 2812, with tags).
 *
 * ```ts
 * import { parseIRCMessage } from "skein/protocols";
 *
 * const { prefix, command, params } = parseIRCMessage(":ada!a@b privmsg #tea :two cups");
 * console.log(prefix, command, params); // → ada!a@b PRIVMSG [ '#tea', 'two cups' ]
 * try {
 *   parseIRCMessage(":ada");
 * } catch (error) {
 *   console.log((error as Error).message); // → the peer sent no IRC message: it has no command
 * }
 * ```
 *
 * @throws BadFrameError
 */
export function parseIRCMessage(line: string): IRCMessage {
  if (FORBIDDEN.test(line)) throw new BadFrameError("IRC message", "it has a NUL or a line break");
  const { tags, rest } = takeTags(line);
  const [, prefix, body = ""] = /^(?::([^ ]*) *)?(.*)$/s.exec(rest) ?? [];
  const colon = body.indexOf(" :");
  const words = (colon < 0 ? body : body.slice(0, colon)).split(" ").filter((word) => word !== "");
  const [command = "", ...params] = words;
  if (command === "") throw new BadFrameError("IRC message", "it has no command");
  if (!COMMAND.test(command)) throw new BadFrameError("IRC message", "its command is none");
  if (colon >= 0) params.push(body.slice(colon + 2));
  return {
    tags,
    prefix: prefix === "" ? undefined : prefix,
    command: command.toUpperCase(),
    params,
  };
}

/**
 * A message as a line, without its end. Text over 510 bytes is cut, between two characters.
 *
 * @throws BadOptionError for what cannot be sent: a line break anywhere, a space or nothing at all
 *   in any parameter but the last.
 */
export function formatIRCMessage(
  command: string,
  params: readonly string[],
  prefix?: string,
): string {
  const parts = prefix === undefined ? [command] : [`:${prefix}`, command];
  for (const [index, param] of params.entries()) {
    const isLast = index === params.length - 1;
    const isWord = param !== "" && !param.includes(" ") && !param.startsWith(":");
    if (!isWord && !isLast) throw new BadOptionError(`${JSON.stringify(param)} must be the last`);
    parts.push(isWord ? param : `:${param}`);
  }
  const line = parts.join(" ");
  if (FORBIDDEN.test(line)) {
    throw new BadOptionError(`a message has no NUL and no line breaks: ${JSON.stringify(line)}`);
  }
  return cut(line, IRC_MESSAGE_BYTES);
}

/** How many bytes a line has without its tags. */
export function ircMessageBytes(line: string): number {
  return encoder.encode(line.startsWith("@") ? line.replace(/^\S* */, "") : line).length;
}

/**
 * A name as it is compared: letters of any case are the same, and `{}|~` are the small ones of
 * `[]\^`, as on the keyboards on which it began.
 */
export function foldIRCName(name: string): string {
  const small: Readonly<Record<string, string>> = { "[": "{", "]": "}", "\\": "|", "^": "~" };
  return name.replaceAll(/[A-Z[\]\\^]/g, (letter) => small[letter] ?? letter.toLowerCase());
}

function takeTags(line: string): { tags: Map<string, string>; rest: string } {
  const tags = new Map<string, string>();
  if (!line.startsWith("@")) return { tags, rest: line };
  const space = line.indexOf(" ");
  const text = line.slice(1, space < 0 ? undefined : space);
  for (const tag of text.split(";")) {
    const equals = tag.indexOf("=");
    const value = equals < 0 ? "" : tag.slice(equals + 1);
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (key !== "") {
      tags.set(
        key,
        value.replaceAll(/\\(.?)/gs, (_all, c: string) => ESCAPES[c] ?? c),
      );
    }
  }
  return { tags, rest: space < 0 ? "" : line.slice(space).replace(/^ +/, "") };
}

function cut(line: string, maxBytes: number): string {
  if (line.length * 3 <= maxBytes) return line;
  const bytes = new Uint8Array(maxBytes);
  return line.slice(0, encoder.encodeInto(line, bytes).read);
}
