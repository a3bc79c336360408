import { isoTime } from "./iso-time.ts";
import type { LogEvent } from "./log-event.ts";
import { getOf, isError, plainFields, plainValue, shortened, thrownOf } from "./plain-value.ts";
import { visible } from "../core/visible.ts";

/** A value that needs no quotes. */
const BARE = /^[\w.,:/@%+~[\]-]+$/;
/** A name that cannot be taken for a name with a value, or for several. */
const BARE_NAME = /^[^\s="]+$/;

const CAUSES_MAX = 5;

/**
 * An event as a line for people: its time, level, message and fields; of its error the stack and
 * the causes, in lines that are indented. No line end is at its end.
 *
 * Whatever peers have sent stays in its line: control characters are written `\n`, `\u001b`.
 */
export function textLine({ time, level, message, fields }: LogEvent): string {
  const { error, ...others } = fields;
  const said = plainFields(others)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${shownName(name)}=${shown(value)}`);
  const head = `${isoTime(time)} ${level.padEnd(5)} ${visible(shortened(message))}${said.join("")}`;
  return error === undefined ? head : [head, ...errorLines(error)].join("\n");
}

function shown(value: unknown): string {
  if (isTCPAddress(value)) return shown(`${value.host}:${value.port}`);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (typeof value !== "string") return visible(text);
  return BARE.test(text) ? text : visible(JSON.stringify(text));
}

function shownName(name: string): string {
  return visible(BARE_NAME.test(name) ? name : JSON.stringify(name));
}

function isTCPAddress(value: unknown): value is { host: string; port: number } {
  const { type, host, port } = (value ?? {}) as Record<string, unknown>;
  return type === "TCP" && typeof host === "string" && typeof port === "number";
}

function errorLines(thrown: unknown): string[] {
  const lines: string[] = [];
  let at = thrownOf(thrown);
  for (let causes = 0; causes <= CAUSES_MAX; causes++) {
    const text = isError(at) ? stackOf(at) : shown(plainValue(at));
    const [first = "", ...more] = text.split("\n");
    lines.push(`${causes === 0 ? "" : "caused by "}${first}`, ...more);
    const cause = isError(at) ? getOf(at, "cause") : undefined;
    if (cause === undefined) break;
    at = thrownOf(cause);
  }
  return lines.map((line) => `    ${visible(line)}`);
}

/** The stack, with what the error says, which some stacks leave out. */
function stackOf(error: object): string {
  const [name, message, stack] = ["name", "message", "stack"].map((property) => {
    const value = getOf(error, property);
    return property === "stack" && typeof value !== "string" ? "" : shortened(value);
  }) as [string, string, string];
  const said = message === "" ? name : `${name}: ${message}`;
  if (stack === "") return said;
  return shortened(stack.includes(message) ? stack : `${said}\n${stack}`);
}
