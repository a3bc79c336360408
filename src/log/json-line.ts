import { isoTime } from "./iso-time.ts";
import type { LogEvent } from "./log-event.ts";
import { plainValue, shortened } from "./plain-value.ts";

/** The event's own; a field of such a name gets an underscore. */
const RESERVED: ReadonlySet<string> = new Set(["time", "level", "message"]);

/**
 * An event as one line of JSON: `time` (ISO 8601, UTC), `level`, `message`, then its fields; an
 * error as its type, message, code, stack and cause. No line end is at its end.
 */
export function jsonLine({ time, level, message, fields }: LogEvent): string {
  const said = Object.entries(fields).map(([name, value]): [string, unknown] => [
    RESERVED.has(name) ? `_${name}` : name,
    plainValue(value),
  ]);
  return JSON.stringify({
    time: isoTime(time),
    level,
    message: shortened(message),
    ...Object.fromEntries(said),
  });
}
