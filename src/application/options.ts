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
      throw new BadOptionError(`the option "${name}" takes a ${declaration.type}, not ${value}`);
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
    const negated = flag.startsWith("--no-")
      ? byFlag.get(`--${flag.slice("--no-".length)}`)
      : undefined;
    const { name, d } = byFlag.get(flag) ?? negated ?? unknown(arg, byFlag.keys());
    if (d.type === "boolean") {
      if (inline !== undefined) throw new BadOptionError(`${flag} takes no value`);
      values[name] = byFlag.has(flag);
      continue;
    }
    const text = inline ?? rest.shift();
    if (text === undefined) throw new BadOptionError(`${flag} needs a value`);
    values[name] = d.type === "number" ? toNumber(flag, text) : text;
  }
  return values as Partial<OptionValues<D>>;
}

/** The lines that explain the options, each with its default. */
export function describeOptions(declared: OptionDeclarations): string[] {
  const rows = Object.entries(declared).map(([name, option]): [string, string] => {
    const value = option.type === "boolean" ? "" : ` ${option.type.toUpperCase()}`;
    return [`${flagOf(name)}${value}`, `${option.help} (default: ${String(option.default)})`];
  });
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
}

function unknown(arg: string, flags: Iterable<string>): never {
  const known = [...flags];
  throw new BadOptionError(
    arg.startsWith("-")
      ? `there is no option ${arg}; there ${known.length > 0 ? `are: ${known.join(", ")}` : "are none"}`
      : `unexpected argument "${arg}"`,
  );
}

/** `--name=value` in two; the value is undefined where there is no `=`. */
export function splitAtEquals(arg: string): [string, string | undefined] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
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
