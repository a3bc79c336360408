/** What can cross to a worker and back, and how errors do. */
import { crossesItself } from "./crossing-object.ts";
import { BadOptionError, messageOf, QueueFullError, SkeinError } from "./errors.ts";
import { InReactorEndedError } from "./in-reactor-ended-error.ts";
import { WouldBlockError } from "./would-block-error.ts";

/** An argument or a result cannot be copied to another thread. */
export class CannotCrossError extends SkeinError {
  override readonly name = "CannotCrossError";
  readonly code = "ERR_CANNOT_CROSS";
}

/** These keep their class: those that the worker's side of a call makes, and the language's own. */
const KEPT: Readonly<Record<string, new (message: string) => Error>> = {
  CannotCrossError,
  BadOptionError,
  InReactorEndedError,
  QueueFullError,
  WouldBlockError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** An error as data. Other classes, and properties beyond these, do not survive the crossing. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly cause: PackedError | undefined;
}

const CAUSES_MAX = 8;

/** Always succeeds, with what can be copied: an error may have anything for its properties. */
export function packError(thrown: unknown, depth = 0): PackedError {
  if (!(thrown instanceof Error)) {
    return {
      name: "Error",
      message: messageOf(thrown),
      stack: undefined,
      code: undefined,
      cause: undefined,
    };
  }
  const [name, message, stack, code, cause] = ["name", "message", "stack", "code", "cause"].map(
    (property) => read(thrown, property),
  );
  return {
    name: typeof name === "string" ? name : "Error",
    message: messageOf(message ?? ""),
    stack: typeof stack === "string" ? stack : undefined,
    code: typeof code === "string" || typeof code === "number" ? code : undefined,
    cause: cause === undefined || depth === CAUSES_MAX ? undefined : packError(cause, depth + 1),
  };
}

/** Undefined for what cannot be read. */
function read(thrown: Error, property: string): unknown {
  try {
    return Reflect.get(thrown, property);
  } catch {
    return undefined;
  }
}

/** Always succeeds: what comes from a worker may be no {@link PackedError} at all. */
export function unpackError(packed: PackedError | null | undefined, depth = 0): Error {
  const {
    name = "Error",
    message = "an error that nobody knows",
    stack,
    code,
    cause,
  } = packed ?? {};
  const kept = typeof name === "string" && Object.hasOwn(KEPT, name) ? KEPT[name] : undefined;
  const error = new (kept ?? Error)(messageOf(message));
  if (error.name !== name) error.name = messageOf(name);
  if (typeof stack === "string") error.stack = stack;
  if (code !== undefined) Object.assign(error, { code });
  if (cause !== undefined && depth < CAUSES_MAX) error.cause = unpackError(cause, depth + 1);
  return error;
}

/**
 * An error that says which part of `value` cannot be copied, and what it is.
 *
 * @param what names the value: "argument 1 of hash()".
 */
export function cannotCross(what: string, value: unknown, cause: unknown): CannotCrossError {
  const culprit = findCulprit(value, "", new Set()) ?? { path: "", kind: "special" };
  const { path, kind, advice = "pass plain data" } = culprit;
  return new CannotCrossError(
    `${what} cannot cross to or from a worker: ${path === "" ? "it" : `its ${path}`} is ${kind}; ` +
      `${advice} instead`,
    { cause },
  );
}

/** The same for the arguments of a call: says which of them it is. */
export function argumentsCannotCross(
  name: string,
  args: readonly unknown[],
  cause: unknown,
): CannotCrossError {
  const index = args.findIndex((argument) => !copies(argument));
  // Each can be copied, but not to where they were to go: memory cannot be shared with a process.
  if (index < 0) {
    return new CannotCrossError(
      `an argument of ${name}() cannot cross to a worker: ${messageOf(cause)}`,
      { cause },
    );
  }
  return cannotCross(`argument ${index + 1} of ${name}()`, args[index], cause);
}

interface Culprit {
  readonly path: string;
  readonly kind: string;
  readonly advice?: string;
}

function findCulprit(value: unknown, path: string, seen: Set<unknown>): Culprit | undefined {
  if (typeof value === "function") return { path, kind: "a function" };
  if (typeof value === "symbol") return { path, kind: "a symbol" };
  if (typeof value !== "object" || value === null || copies(value)) return undefined;
  const kind = `a ${value.constructor?.name ?? "special object"}`;
  if (crossesItself(value)) return { path, kind, advice: "pass it as an argument of its own" };
  seen.add(value);
  let circular = false;
  for (const [key, part] of partsOf(value)) {
    if (seen.has(part)) {
      circular = true;
      continue;
    }
    const culprit = findCulprit(part, path + key, seen);
    if (culprit !== undefined) return culprit;
  }
  // What leads back to where the search has been may be bad for the sake of that alone.
  if (circular) return undefined;
  return { path, kind };
}

function partsOf(value: object): [string, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [`[${index}]`, item]);
  if (value instanceof Map) {
    return [...value].flatMap(([key, item]) => [
      [".keys()", key],
      [`.get(${messageOf(key)})`, item],
    ]);
  }
  if (value instanceof Set) return [...value].map((item) => [".values()", item]);
  return Object.entries(value).map(([key, item]) => [`.${key}`, item]);
}

function copies(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
