/** A daemon's options: declared once, from which types, defaults, parsing and help follow. */
import { BadOptionError } from "../core/errors.ts";

/** One option: `--name VALUE`, or for a boolean `--name` and `--no-name`. */
export type OptionDeclaration =
  | { readonly type: "string"; readonly default: string; readonly help: string }
  | { readonly type: "number"; readonly default: number; readonly help: string }
  | { readonly type: "boolean"; readonly default: boolean; readonly help: string };

/** Options by name, in camelCase; on the command line they are written in kebab-case. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

interface ValueTypes {
  string: string;
  number: number;
  boolean: boolean;
}

/** The values that declared options take. */
export type OptionValues<D extends OptionDeclarations> = {
  readonly [K in keyof D]: ValueTypes[D[K]["type"]];
};

/** The defaults, with `given` in place of those that it has. @throws BadOptionError */
export function withDefaults<D extends OptionDeclarations>(
  declared: D,
  given: Partial<OptionValues<D>>,
): OptionValues<D> {
  const values: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(declared)) values[name] = value;
  for (const [name, value] of Object.entries(given)) {
    const declaration = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (declaration === undefined) throw new BadOptionError(`there is no option "${name}"`);
    if (value === undefined) continue;
    if (typeof value !== declaration.type || Number.isNaN(value)) {
      throw new BadOptionError(
        `the option "${name}" takes a ${declaration.type}, not ${describe(value)}`,
      );
    }
    values[name] = value;
  }
  return values as OptionValues<D>;
}

/** Reads `--name value`, `--name=value`, `--flag` and `--no-flag`. @throws BadOptionError */
export function parseOptions<D extends OptionDeclarations>(
  declared: D,
  args: readonly string[],
): Partial<OptionValues<D>> {
  const byFlag = new Map(Object.entries(declared).map(([name, d]) => [flagOf(name), { name, d }]));
  const values: Record<string, unknown> = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [flag, inline] = splitAtEquals(arg);
    const { name, d } = byFlag.get(flag) ?? negated(flag, byFlag) ?? unknown(arg, byFlag.keys());
    if (d.type === "boolean") {
      if (inline !== undefined) throw new BadOptionError(`${flag} takes no value`);
      values[name] = byFlag.has(flag);
      continue;
    }
    const text = takeValue(flag, inline, rest);
    values[name] = d.type === "number" ? toNumber(flag, text) : text;
  }
  return values as Partial<OptionValues<D>>;
}

/** The lines that explain the options, each with its default. */
export function describeOptions(declared: OptionDeclarations): string[] {
  const rows = Object.entries(declared).map(([name, option]): [string, string] => {
    const flag = flagOf(name);
    const usage =
      option.type === "boolean"
        ? flag.replace("--", "--[no-]")
        : `${flag} ${option.type.toUpperCase()}`;
    const preset = option.default === "" ? "" : ` (default: ${String(option.default)})`;
    return [usage, `${option.help}${preset}`];
  });
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
}

/** The boolean that `--no-flag` turns off. */
function negated<T extends { d: OptionDeclaration }>(
  flag: string,
  byFlag: ReadonlyMap<string, T>,
): T | undefined {
  const found = byFlag.get(flag.replace(/^--no-/, "--"));
  return found?.d.type === "boolean" ? found : undefined;
}

function unknown(arg: string, flags: Iterable<string>): never {
  if (!arg.startsWith("-")) throw new BadOptionError(`unexpected argument "${arg}"`);
  const known = [...flags];
  const list = known.length > 0 ? `are: ${known.join(", ")}` : "are none";
  throw new BadOptionError(`there is no option ${arg}; there ${list}`);
}

/** `--name=value` in two; the value is undefined where there is no `=`. */
export function splitAtEquals(arg: string): [string, string | undefined] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

/**
 * The value of an option: what follows its `=`, or else the next argument, which may be a negative
 * number but not another option. @throws BadOptionError
 */
export function takeValue(option: string, inline: string | undefined, rest: string[]): string {
  if (inline !== undefined) return inline;
  const next = rest.shift();
  if (next !== undefined && !next.startsWith("--")) return next;
  throw new BadOptionError(`${option} needs a value`);
}

/** `idleSeconds` is written `--idle-seconds`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function toNumber(flag: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) {
    throw new BadOptionError(`${flag} needs a number, not "${text}"`);
  }
  return number;
}

/** A value in the words of a message. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
