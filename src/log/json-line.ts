import { isoTime } from "./iso-time.ts";
import type { LogEvent } from "./log-event.ts";
import { plainFields, shortened } from "./plain-value.ts";
import { visibleJSON } from "../core/visible.ts";

/** The event's own; a field of such a name gets an underscore. */
const RESERVED: ReadonlySet<string> = new Set(["time", "level", "message"]);

/**
 * An event as one line of JSON: `time` (ISO 8601, UTC), `level`, `message`, then its fields; an
 * error as its type, message, code, stack and cause. No line end is at its end.
 * What would have a terminal do something is written `\u009b`.
 */
export function jsonLine({ time, level, message, fields }: LogEvent): string {
  const said = plainFields(fields).map(([name, value]): [string, unknown] => [
    RESERVED.has(name) ? `_${name}` : name,
    value,
  ]);
  const event = { time: isoTime(time), level, message: shortened(message) };
  return visibleJSON(JSON.stringify({ ...event, ...Object.fromEntries(said) }));
}
