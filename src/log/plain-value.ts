/** What fields hold, as data that JSON can say: whatever it is, no more of it than is useful. */
import { Failure } from "../defer/failure.ts";

const CHARACTERS_MAX = 8192;
const ITEMS_MAX = 100;
const DEPTH_MAX = 5;
/** Of one field. */
const VALUES_MAX = 1000;
const BYTES_SHOWN = 32;

/** How many values may still be written. */
interface Budget {
  left: number;
}

/** The value as strings, numbers, booleans, null, arrays and objects. It never throws. */
export function plainValue(value: unknown): unknown {
  return plain(value, 0, { left: VALUES_MAX });
}

/** A text that is not too long. */
export function shortened(text: string): string {
  const over = text.length - CHARACTERS_MAX;
  return over > 0 ? `${text.slice(0, CHARACTERS_MAX)}… (${over} more)` : text;
}

/** Whether it is shown as an error. */
export function isError(value: unknown): value is Error | Failure {
  return value instanceof Error || value instanceof Failure;
}

/** What a Failure holds, or the value itself. */
export function thrownOf(value: unknown): unknown {
  return value instanceof Failure ? value.value : value;
}

function plain(value: unknown, depth: number, budget: Budget): unknown {
  if (budget.left-- <= 0) return "…";
  try {
    switch (typeof value) {
      case "string":
        return shortened(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
      case "undefined":
        return value;
      case "object":
        return value === null ? null : plainObject(value, depth, budget);
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

function plainObject(value: object, depth: number, budget: Budget): unknown {
  if (isError(value)) return plainError(thrownOf(value), depth, budget);
  if (ArrayBuffer.isView(value)) return plainBytes(value);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function" && depth < DEPTH_MAX) {
    return plain(toJSON.call(value), depth + 1, budget);
  }
  const list: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : value instanceof Set
      ? [...value]
      : undefined;
  if (depth >= DEPTH_MAX) return list === undefined ? "[object]" : "[array]";
  if (list !== undefined) {
    const items = list.slice(0, ITEMS_MAX).map((item) => plain(item, depth + 1, budget));
    const more = list.length - items.length;
    return more > 0 ? [...items, `… (${more} more)`] : items;
  }
  const names = value instanceof Map ? [...value.keys()] : Object.keys(value);
  const entries = names.slice(0, ITEMS_MAX).map((name: unknown): [string, unknown] => {
    const item: unknown = value instanceof Map ? value.get(name) : getOf(value, name as string);
    return [String(name), plain(item, depth + 1, budget)];
  });
  const more = names.length - entries.length;
  if (more > 0) entries.push(["…", `${more} more`]);
  return Object.fromEntries(entries);
}

/** A property, or what stands for one that cannot be got. */
function getOf(owner: object, name: string): unknown {
  try {
    return Reflect.get(owner, name);
  } catch {
    return "[cannot be shown]";
  }
}

function plainError(error: unknown, depth: number, budget: Budget): unknown {
  if (!(error instanceof Error)) return plain(error, depth + 1, budget);
  const { name, message, stack, cause }: Error = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message: shortened(message),
    ...(typeof code === "string" && { code }),
    ...(typeof stack === "string" && { stack: shortened(stack) }),
    ...(cause !== undefined && {
      cause: depth < DEPTH_MAX ? plain(cause, depth + 1, budget) : "…",
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
