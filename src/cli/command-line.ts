import { splitAtEquals, takeValue } from "../application/command-line-options.ts";
import { didYouMean } from "../application/did-you-mean.ts";
import { flagOf } from "../application/option-declarations.ts";
import { COMMANDS, type CommandRow } from "./commands.ts";
import { optionRows, type RunOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** The words of the command line, sorted. */
export type CommandLine =
  | {
      readonly what: "command";
      readonly word: string;
      readonly command: CommandRow;
      /** What comes after it. */
      readonly args: readonly string[];
    }
  | {
      readonly what: "run";
      readonly options: RunOptions;
      /** The daemon as it is written: a path, a package, a name. */
      readonly daemon: string;
      /** What comes after the daemon: its own options. */
      readonly args: readonly string[];
    };

/** @throws UsageError, BadOptionError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const known = new Map(optionRows().map((row) => [flagOf(row[0]), row]));
  const given: Record<string, unknown> = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [word, inline] = arg.startsWith("-") ? splitAtEquals(arg) : [arg, undefined];
    const command = commandOf(word);
    if (command !== undefined) {
      if (inline !== undefined) throw takesNoValue(word);
      return { what: "command", word, command, args: rest };
    }
    if (!arg.startsWith("-")) return { what: "run", options: given, daemon: arg, args: rest };
    const [name, row] = known.get(word) ?? unknown(word, known.keys());
    if (row.value === undefined && inline !== undefined) throw takesNoValue(word);
    const written = row.value === undefined ? "" : takeValue(word, inline, rest);
    given[name] = row.read(written, word, given[name]);
  }
  throw new UsageError("name a daemon to run");
}

function commandOf(word: string): CommandRow | undefined {
  const full = word === "-h" ? "--help" : word;
  return Object.hasOwn(COMMANDS, full) ? COMMANDS[full] : undefined;
}

function unknown(word: string, flags: Iterable<string>): never {
  const meant = didYouMean(word, [...flags, ...Object.keys(COMMANDS)]);
  throw new UsageError(
    `there is no option ${word}${meant || "; daemon options come after the daemon"}`,
  );
}

function takesNoValue(option: string): UsageError {
  return new UsageError(`${option} takes no value`);
}
