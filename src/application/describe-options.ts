import { flagOf, type OptionDeclaration, type OptionDeclarations } from "./option-declarations.ts";

/** The lines that explain the options, each with its default and its variable. */
export function describeOptions(declared: OptionDeclarations): string[] {
  const rows = Object.entries(declared).map(([name, option]): [string, string] => [
    usageOf(flagOf(name), option),
    `${option.help}${notesOn(option)}`,
  ]);
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
}

function usageOf(flag: string, option: OptionDeclaration): string {
  switch (option.type) {
    case "boolean":
      return flag.replace("--", "--[no-]");
    case "choice":
      return `${flag} ${option.choices.join("|")}`;
    case "list":
      return `${flag} ${(option.of ?? "string").toUpperCase()} ...`;
    default:
      return `${flag} ${option.type.toUpperCase()}`;
  }
}

function notesOn(option: OptionDeclaration): string {
  const { env, secret = false, required = false, default: preset } = option;
  const notes: string[] = [];
  if (required) notes.push("required");
  const text = String(preset ?? "");
  if (text !== "") notes.push(secret ? "has a default" : `default: ${text}`);
  if (typeof env === "string") notes.push(`env: ${env}`);
  return notes.length > 0 ? ` (${notes.join("; ")})` : "";
}
