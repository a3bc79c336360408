/** The values of options: from programs, and put together from all who give some. */
import { BadOptionError } from "../core/errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import { checkValue } from "./option-check.ts";
import {
  flagOf,
  type OptionDeclaration,
  type OptionDeclarations,
  type OptionValues,
} from "./option-declarations.ts";

/** The defaults, with `given` in place of those that it has. @throws BadOptionError */
export function withDefaults<D extends OptionDeclarations>(
  declared: D,
  given: Partial<OptionValues<D>>,
): OptionValues<D> {
  const values: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(declared)) {
    if (value !== undefined) values[name] = value;
  }
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (option === undefined) {
      const meant = didYouMean(name, Object.keys(declared));
      throw new BadOptionError(`there is no option "${name}"${meant}`);
    }
    if (value === undefined) continue;
    const what = `the option "${name}"`;
    assertType(what, option, value);
    checkValue(what, option.check, value, shown(option, value));
    values[name] = value;
  }
  for (const [name, { required = false }] of Object.entries(declared)) {
    if (required && values[name] === undefined) {
      throw new BadOptionError(`the option "${name}" has to be given`);
    }
  }
  return values as OptionValues<D>;
}

/** For those who give them in words: those that are missing. @throws BadOptionError */
export function assertGiven(declared: OptionDeclarations, given: object): void {
  const missing = Object.entries(declared).filter(
    ([name, { required = false }]) => required && !Object.hasOwn(given, name),
  );
  if (missing.length === 0) return;
  const ways = missing.map(([name, { env }]) =>
    typeof env === "string" ? `${flagOf(name)} (or ${env})` : flagOf(name),
  );
  throw new BadOptionError(`${ways.join(", ")} must be given`);
}

/** What a declaration cannot be like, which the types do not say. @throws BadOptionError */
export function assertDeclared(declared: OptionDeclarations): void {
  for (const [name, option] of Object.entries(declared)) {
    if (option.type === "choice" && option.choices.length === 0) {
      throw new BadOptionError(`the option "${name}" has no choices`);
    }
    const { default: value, required = false } = option;
    if (required) {
      if (value === undefined) continue;
      throw new BadOptionError(`the option "${name}" is required, and has a default`);
    }
    if (value === undefined) {
      throw new BadOptionError(`the option "${name}" has no default, and is not required`);
    }
    assertType(`the default of the option "${name}"`, option, value);
  }
}

function assertType(what: string, option: OptionDeclaration, value: unknown): void {
  if (isOfType(option, value)) return;
  const kind = option.type === "choice" ? `one of ${option.choices.join(", ")}` : kindOf(option);
  throw new BadOptionError(`${what} takes ${kind}, not ${shown(option, value)}`);
}

function isOfType(option: OptionDeclaration, value: unknown): boolean {
  if (option.type === "choice") return option.choices.includes(value as string);
  if (option.type !== "list") return isOf(option.type, value);
  const { of = "string" } = option;
  return Array.isArray(value) && value.every((item) => isOf(of, item));
}

function isOf(type: "string" | "number" | "integer" | "boolean", value: unknown): boolean {
  if (type === "integer") return Number.isSafeInteger(value);
  return typeof value === type && !Number.isNaN(value);
}

function kindOf(option: OptionDeclaration): string {
  if (option.type === "list") return `a list of ${option.of ?? "string"}s`;
  return option.type === "integer" ? "an integer" : `a ${option.type}`;
}

function shown(option: OptionDeclaration, value: unknown): string {
  return option.secret === true ? "what was given" : describe(value);
}

/** A value in the words of a message. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
