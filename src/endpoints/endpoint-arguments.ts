import { isIP } from "../core/ip-address.ts";
import { EndpointStringError } from "./endpoint-string-error.ts";
import { nearest } from "./nearest.ts";
import { type Argument, argumentsOf, type Located, startOf } from "./tokens.ts";

/** What may follow a prefix. */
export interface EndpointShape {
  /**
   * The names of the values that come first, in order. One may as well be given by its name. The
   * last may be `…name`: any number of values.
   */
  readonly parameters?: readonly string[];
  /** The names of the options, which are given as `name=value`, in any order. */
  readonly options?: readonly string[];
}

/** What {@link EndpointArguments} know of the string that they are a part of. */
export interface EndpointContext<E> {
  readonly whole: string;
  readonly prefix: Located;
  /** Reads an endpoint string that is a part of this one. */
  readonly parse: (part: Located) => E;
}

/**
 * The values of one endpoint string, for the prefix that makes an endpoint of them. What is wrong
 * with a value is thrown as EndpointStringError, which points at it; what is missing points at the
 * end.
 */
export class EndpointArguments<E = unknown> {
  readonly #context: EndpointContext<E>;
  readonly #rest: Located | undefined;
  readonly #values = new Map<string, Located>();
  readonly #more: Located[] = [];

  /**
   * @param shape without one, the rest is left as it is.
   * @throws EndpointStringError for values that are too many, given twice, or unknown.
   */
  constructor(
    context: EndpointContext<E>,
    rest: Located | undefined,
    shape: EndpointShape | undefined,
  ) {
    this.#context = context;
    this.#rest = rest;
    if (rest === undefined || shape === undefined) return;
    const { parameters = [], options = [] } = shape;
    const many = parameters.some((name) => name.startsWith("…"));
    const known = parameters.filter((name) => !name.startsWith("…"));
    // `stdio:` has no value, rather than an empty one too many.
    if (rest.text === "" && parameters.length + options.length === 0) return;
    let next = 0;
    for (const argument of argumentsOf(rest, context.whole)) {
      const { name, value } = argument;
      if (name !== undefined) this.#setNamed(name.text, argument, [...known, ...options], many);
      else if (next < known.length) this.#set(known[next++] as string, value, startOf(value));
      else if (many) this.#more.push(value);
      else this.#tooMany(value, known, options);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value as it is. @throws EndpointStringError when there is none, or an empty one */
  text(name: string): string {
    const { text } = this.#located(name);
    if (text === "") throw this.error(name, `${this.#called(name)} must not be empty`);
    return text;
  }

  /** The values of a parameter `…name`. */
  get rest(): readonly string[] {
    return this.#more.map(({ text }) => text);
  }

  /** A whole number, from `least` to `most`. */
  integer(name: string, least: number, most: number): number {
    const text = this.text(name);
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    const range = `a whole number from ${least} to ${most}`;
    throw this.error(name, `${this.#called(name)} must be ${range}, not ${quoted(text)}`);
  }

  /** A port; 0 is one only if `least` is. */
  port(name: string, least: 0 | 1): number {
    return this.integer(name, least, 65535);
  }

  /** A number of seconds over 0. */
  seconds(name: string): number {
    const text = this.text(name);
    const number = /^(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/.test(text) ? Number(text) : 0;
    if (number > 0) return number;
    const what = `a number of seconds over 0, not ${quoted(text)}`;
    throw this.error(name, `${this.#called(name)} must be ${what}`);
  }

  /** The permissions of a file, in octal digits. */
  mode(name: string): number {
    const text = this.text(name);
    if (/^0?[0-7]{1,3}$/.test(text)) return Number.parseInt(text, 8);
    const what = `permissions in octal digits (660, say), not ${quoted(text)}`;
    throw this.error(name, `${this.#called(name)} must be ${what}`);
  }

  /** An IP address, or "localhost". */
  address(name: string): string {
    const text = this.text(name);
    if (isIP(text) || text === "localhost") return text;
    const what = `an IP address, not ${quoted(text)}`;
    throw this.error(name, `${this.#called(name)} must be ${what}`);
  }

  /** One of several words. */
  choice<T extends string>(name: string, choices: readonly T[]): T {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    const what = `one of ${choices.join(", ")}, not ${quoted(text)}`;
    throw this.error(name, `${this.#called(name)} must be ${what}`);
  }

  /** An endpoint string, in the value of an option: its own colons and "=" are escaped. */
  endpoint(name: string): E {
    return this.#context.parse(this.#located(name));
  }

  /** An endpoint string, which is all that follows the prefix, as it is. */
  get wrapped(): E {
    return this.#context.parse(this.#rest ?? this.#end);
  }

  /** Calls with what an option says, if it is given. */
  ifGiven<T>(name: string, read: (name: string) => T): T | undefined {
    return this.has(name) ? read(name) : undefined;
  }

  /** To be thrown for a value that cannot be, or for one that is missing. */
  error(name: string, why: string): EndpointStringError {
    return new EndpointStringError(why, this.#context.whole, startOf(this.#find(name)));
  }

  // --- parts ---

  #setNamed(name: string, argument: Argument, known: readonly string[], many: boolean): void {
    const at = startOf(argument.name as Located);
    if (known.includes(name)) {
      this.#set(name, argument.value, at);
      return;
    }
    const { whole, prefix } = this.#context;
    const near = nearest(name, known);
    const guess = near === undefined ? "" : `; did you mean "${near}"?`;
    const list = known.length > 0 ? `It has: ${known.join(", ")}` : "It has none";
    const advice = many ? String.raw`. An "=" in a value is written "\="` : "";
    const what = `"${prefix.text}" has no option ${quoted(name)}`;
    throw new EndpointStringError(
      `${what}${guess === "" ? "." : guess} ${list}${advice}`,
      whole,
      at,
    );
  }

  #set(name: string, value: Located, at: number): void {
    if (this.#values.has(name)) {
      throw new EndpointStringError(`"${name}" is given twice`, this.#context.whole, at);
    }
    this.#values.set(name, value);
  }

  #tooMany(value: Located, known: readonly string[], options: readonly string[]): never {
    const { whole, prefix } = this.#context;
    const takes = known.length > 0 ? `takes ${known.join(", ")}` : "takes no values";
    const named = options.length > 0 ? `, then name=value, with: ${options.join(", ")}` : "";
    const why =
      `"${prefix.text}" ${takes}${named}; this is one too many. ` +
      String.raw`A ":" in a value is written "\:"`;
    throw new EndpointStringError(why, whole, startOf(value));
  }

  /** @throws EndpointStringError when there is none */
  #located(name: string): Located {
    const found = this.#values.get(name);
    if (found !== undefined) return found;
    throw this.error(name, `${this.#called(name)} is missing`);
  }

  /** Where a value is, or would have to be. */
  #find(name: string): Located {
    return this.#values.get(name) ?? this.#end;
  }

  get #end(): Located {
    const { positions } = this.#rest ?? this.#context.prefix;
    return { text: "", positions: [positions.at(-1) as number] };
  }

  #called(name: string): string {
    return `the ${name} of "${this.#context.prefix.text}"`;
  }
}

/** For messages: not all of what may be anything. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
