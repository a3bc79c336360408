/** The values of options as text: what is read from command lines and variables. */
import { BadOptionError } from "../core/errors.ts";
import { checkValue } from "./option-check.ts";
import type { OptionDeclaration } from "./option-declarations.ts";

const YES = new Set(["1", "true", "yes", "on"]);
const NO = new Set(["0", "false", "no", "off"]);

/** What the type of an option is called when a value is not of it. */
const KINDS = {
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
} as const;

/**
 * The value that a text stands for; of a list, one item of it.
 *
 * @param what the option, or the variable, as messages call it.
 * @throws BadOptionError
 */
export function valueOf(what: string, option: OptionDeclaration, text: string): unknown {
  const type = option.type === "list" ? (option.of ?? "string") : option.type;
  const value = type === "string" ? text : type === "choice" ? text : read(type, text);
  if (value === undefined && type !== "string" && type !== "choice") {
    throw new BadOptionError(`${what} needs ${KINDS[type]}, not ${shownText(option, text)}`);
  }
  if (option.type === "choice" && !option.choices.includes(text)) {
    const choices = option.choices.join(", ");
    throw new BadOptionError(`${what} needs one of ${choices}, not ${shownText(option, text)}`);
  }
  if (option.type !== "list") checkValue(what, option.check, value, shownText(option, text));
  return value;
}

/** The items, when all of them are known. @throws BadOptionError */
export function listOf(
  what: string,
  option: OptionDeclaration,
  items: readonly unknown[],
): unknown {
  checkValue(what, option.check, items, shownText(option, items.join(", ")));
  return items;
}

/** A text in a message, unless it is a secret. */
export function shownText({ secret = false }: OptionDeclaration, text: string): string {
  return secret ? "what was given" : JSON.stringify(text);
}

function read(type: "number" | "integer" | "boolean", text: string): number | boolean | undefined {
  if (type === "boolean") {
    const lower = text.toLowerCase();
    return YES.has(lower) ? true : NO.has(lower) ? false : undefined;
  }
  const number = Number(text);
  const isOne = type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
  return text.trim() !== "" && isOne ? number : undefined;
}
