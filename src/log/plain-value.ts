/** What fields hold, as data that JSON can say: whatever it is, no more of it than is useful. */
import { messageOf } from "../core/errors.ts";
import { Failure } from "../defer/failure.ts";

const CHARACTERS_MAX = 8192;
const ITEMS_MAX = 100;
const DEPTH_MAX = 5;
/** Of one event, the texts all together. */
const VALUES_MAX = 1000;
const ALL_CHARACTERS_MAX = 64 * 1024;
const BYTES_SHOWN = 32;

/** How many values, and characters of texts, may still be written. */
interface Budget {
  left: number;
  characters: number;
}

const budget = (): Budget => ({ left: VALUES_MAX, characters: ALL_CHARACTERS_MAX });

/** The value as strings, numbers, booleans, null, arrays and objects. It never throws. */
export function plainValue(value: unknown): unknown {
  return plain(value, 0, budget());
}

/** The same for all fields of an event: names with their values. */
export function plainFields(fields: object): [name: string, value: unknown][] {
  const left = budget();
  const names = Object.keys(fields);
  const entries = names
    .slice(0, ITEMS_MAX)
    .map((name): [string, unknown] => [limited(name, left), plain(getOf(fields, name), 0, left)]);
  const more = names.length - entries.length;
  return more > 0 ? [...entries, ["…", `${more} more`]] : entries;
}

/** A text that is not too long; whatever else somebody has given for one, too. */
export function shortened(text: unknown, most: number = CHARACTERS_MAX): string {
  const whole = typeof text === "string" ? text : messageOf(text);
  const over = whole.length - most;
  return over > 0 ? `${whole.slice(0, most)}… (${over} more)` : whole;
}

function limited(text: unknown, left: Budget): string {
  const short = shortened(text, Math.min(CHARACTERS_MAX, Math.max(0, left.characters)));
  left.characters -= short.length;
  return short;
}

/** Whether it is shown as an error; a proxy may not even let itself be asked. */
export function isError(value: unknown): value is Error | Failure {
  try {
    return value instanceof Error || value instanceof Failure;
  } catch {
    return false;
  }
}

/** What a Failure holds, or the value itself. */
export function thrownOf(value: unknown): unknown {
  return isError(value) && value instanceof Failure ? value.value : value;
}

function plain(value: unknown, depth: number, left: Budget): unknown {
  if (left.left-- <= 0) return "…";
  try {
    switch (typeof value) {
      case "string":
        return limited(value, left);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
      case "undefined":
        return value;
      case "object":
        return value === null ? null : plainObject(value, depth, left);
      case "function":
        return `[function ${value.name}]`;
      default:
        return String(value);
    }
  } catch {
    // A getter, a toJSON() or a proxy that throws.
    return "[cannot be shown]";
  }
}

function plainObject(value: object, depth: number, left: Budget): unknown {
  if (isError(value)) return plainError(thrownOf(value), depth, left);
  if (ArrayBuffer.isView(value)) return plainBytes(value);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function" && depth < DEPTH_MAX) {
    return plain(toJSON.call(value), depth + 1, left);
  }
  const list: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : value instanceof Set
      ? [...value]
      : undefined;
  if (depth >= DEPTH_MAX) return list === undefined ? "[object]" : "[array]";
  if (list !== undefined) {
    const items = list.slice(0, ITEMS_MAX).map((item) => plain(item, depth + 1, left));
    const more = list.length - items.length;
    return more > 0 ? [...items, `… (${more} more)`] : items;
  }
  const names = value instanceof Map ? [...value.keys()] : Object.keys(value);
  const entries = names.slice(0, ITEMS_MAX).map((name: unknown): [string, unknown] => {
    const item: unknown = value instanceof Map ? value.get(name) : getOf(value, name as string);
    return [limited(String(name), left), plain(item, depth + 1, left)];
  });
  const more = names.length - entries.length;
  if (more > 0) entries.push(["…", `${more} more`]);
  return Object.fromEntries(entries);
}

/** Of an error: they may be anything. */
const PROPERTIES = ["name", "message", "stack", "cause", "code"];

/** A property, or what stands for one that cannot be got. */
export function getOf(owner: object, name: string): unknown {
  try {
    return Reflect.get(owner, name);
  } catch {
    return "[cannot be shown]";
  }
}

function plainError(error: unknown, depth: number, left: Budget): unknown {
  if (!(error instanceof Error)) return plain(error, depth + 1, left);
  const [name, message, stack, cause, code] = PROPERTIES.map((property) => getOf(error, property));
  return {
    type: limited(name, left),
    message: limited(message, left),
    ...(typeof code === "string" && { code: limited(code, left) }),
    ...(typeof stack === "string" && { stack: limited(stack, left) }),
    ...(cause !== undefined && {
      cause: depth < DEPTH_MAX ? plain(cause, depth + 1, left) : "…",
    }),
  };
}

function plainBytes(view: ArrayBufferView): string {
  const shown = new Uint8Array(
    view.buffer,
    view.byteOffset,
    Math.min(view.byteLength, BYTES_SHOWN),
  );
  const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `[${view.byteLength} bytes: ${hex}${view.byteLength > BYTES_SHOWN ? "…" : ""}]`;
}
