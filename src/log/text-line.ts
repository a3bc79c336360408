import { isoTime } from "./iso-time.ts";
import type { LogEvent } from "./log-event.ts";
import { plainValue, shortened, thrownOf } from "./plain-value.ts";

/** A value that needs no quotes. */
const BARE = /^[\w.,:/@%+~[\]-]+$/;
/** What would end the line, or have a terminal do something. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

const CAUSES_MAX = 5;

/**
 * An event as a line for people: its time, level, message and fields; of its error the stack and
 * the causes, in lines that are indented. No line end is at its end.
 *
 * Whatever peers have sent stays in its line: control characters are written `\n`, `\u001b`.
 */
export function textLine({ time, level, message, fields }: LogEvent): string {
  const { error, ...others } = fields;
  const said = Object.entries(others)
    .map(([name, value]): [string, unknown] => [name, plainValue(value)])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${visible(name)}=${shown(value)}`);
  const head = `${isoTime(time)} ${level.padEnd(5)} ${visible(shortened(message))}${said.join("")}`;
  return error === undefined ? head : [head, ...errorLines(error)].join("\n");
}

function shown(value: unknown): string {
  if (isTCPAddress(value)) return shown(`${value.host}:${value.port}`);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (typeof value !== "string") return visible(text);
  return BARE.test(text) ? text : visible(JSON.stringify(text));
}

function isTCPAddress(value: unknown): value is { host: string; port: number } {
  const { type, host, port } = (value ?? {}) as Record<string, unknown>;
  return type === "TCP" && typeof host === "string" && typeof port === "number";
}

function errorLines(thrown: unknown): string[] {
  const lines: string[] = [];
  let at = thrownOf(thrown);
  for (let causes = 0; causes <= CAUSES_MAX; causes++) {
    const text = at instanceof Error ? stackOf(at) : shown(plainValue(at));
    const [first = "", ...more] = text.split("\n");
    lines.push(`${causes === 0 ? "" : "caused by "}${first}`, ...more);
    if (!(at instanceof Error) || at.cause === undefined) break;
    at = thrownOf(at.cause);
  }
  return lines.map((line) => `    ${visible(line)}`);
}

/** The stack, with what the error says, which some stacks leave out. */
function stackOf(error: Error): string {
  const said = error.message === "" ? error.name : `${error.name}: ${error.message}`;
  const { stack } = error;
  if (typeof stack !== "string") return shortened(said);
  return shortened(stack.includes(error.message) ? stack : `${said}\n${stack}`);
}

function visible(text: string): string {
  return text.replaceAll(CONTROLS, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\r") return "\\r";
    if (character === "\t") return "\\t";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
