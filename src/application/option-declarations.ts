/** A daemon's options as they are declared: once, for types, defaults, parsing and help. */
import type { OptionCheck } from "./option-check.ts";

/** What every option may say, beside its type; `T` is the type of its values. */
interface Common<T> {
  /** What it is for, in `reactor DAEMON --help`. */
  readonly help: string;
  /**
   * The variable of the environment that it is read from, where the command line does not give it;
   * with false it is from none. Unless given, it is made of the daemon's prefix and its name.
   */
  readonly env?: string | false;
  /** Its value is not for others' eyes: neither help nor messages show it. */
  readonly secret?: boolean;
  /** What its values must be like, beside their type; a default is taken as it is. */
  readonly check?: OptionCheck<T>;
}

/** An option has a default, or has to be given. */
type Preset<T> =
  | { readonly default: T; readonly required?: false }
  | { readonly required: true; readonly default?: never };

type Declared<N extends string, T> = Common<T> & Preset<T> & { readonly type: N };

/**
 * One option. On the command line it is `--name VALUE`, or for a boolean `--name` and `--no-name`;
 * a list is given by as many of them as it has items, in a variable separated by commas. An integer
 * is a whole number that is exact.
 */
export type OptionDeclaration =
  | Declared<"string", string>
  | Declared<"number", number>
  | Declared<"integer", number>
  | Declared<"boolean", boolean>
  | (Declared<"choice", string> & { readonly choices: readonly string[] })
  | (Declared<"list", readonly string[]> & { readonly of?: "string" })
  | (Declared<"list", readonly number[]> & { readonly of: "number" | "integer" });

/** Options by name, in camelCase; on the command line they are written in kebab-case. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

interface ValueTypes {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
}

type ValueOf<O extends OptionDeclaration> = O extends { type: "choice"; choices: infer C }
  ? C extends readonly (infer S)[]
    ? S
    : never
  : O extends { type: "list" }
    ? O extends { of: "number" | "integer" }
      ? readonly number[]
      : readonly string[]
    : O["type"] extends keyof ValueTypes
      ? ValueTypes[O["type"]]
      : never;

/** The values that declared options take. */
export type OptionValues<D extends OptionDeclarations> = {
  readonly [K in keyof D]: ValueOf<D[K]>;
};

type RequiredNames<D extends OptionDeclarations> = {
  [K in keyof D]: D[K] extends { required: true } ? K : never;
}[keyof D];

/** What has to be given of them, and what may be. */
export type GivenOptions<D extends OptionDeclarations> = Partial<OptionValues<D>> &
  Pick<OptionValues<D>, RequiredNames<D>>;

/** `idleSeconds` is written `--idle-seconds`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
