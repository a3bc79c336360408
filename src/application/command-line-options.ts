/** A daemon's options on the command line. */
import { BadOptionError } from "../core/errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import {
  flagOf,
  type OptionDeclaration,
  type OptionDeclarations,
  type OptionValues,
} from "./option-declarations.ts";
import { listOf, valueOf } from "./option-text.ts";

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
    const value = valueOf(flag, d, takeValue(flag, inline, rest));
    const before = (values[name] ?? []) as readonly unknown[];
    values[name] = d.type === "list" ? [...before, value] : value;
  }
  for (const { name, d } of byFlag.values()) {
    if (d.type === "list" && name in values) {
      values[name] = listOf(flagOf(name), d, values[name] as readonly unknown[]);
    }
  }
  return values as Partial<OptionValues<D>>;
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
  const meant = didYouMean(splitAtEquals(arg)[0], known);
  throw new BadOptionError(
    meant === "" ? `there is no option ${arg}; there ${list}` : `there is no option ${arg}${meant}`,
  );
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
