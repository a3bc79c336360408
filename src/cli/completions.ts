/** `reactor completions SHELL`: a script for the shell, made of the tables. */
import { flagOf } from "../application/option-declarations.ts";
import { DAEMONS } from "../daemons/table.ts";
import { bashScript } from "./completions-bash.ts";
import { fishScript } from "./completions-fish.ts";
import { zshScript } from "./completions-zsh.ts";
import type { Commands } from "./commands.ts";
import { OK } from "./complain.ts";
import { type Completes, optionRows } from "./options.ts";
import { oneOf } from "./read-value.ts";
import { SHELLS } from "./shells.ts";
import { UsageError } from "./usage-error.ts";

/** What a script is made of. */
export interface Vocabulary {
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
  readonly daemons: readonly (readonly [name: string, help: string])[];
}

export interface CompletedOption {
  readonly flag: string;
  /** What its value is called; undefined of a flag. */
  readonly value: string | undefined;
  readonly help: string;
  readonly completes: Completes;
}

export interface CompletedCommand {
  readonly word: string;
  readonly help: string;
  readonly completes: Completes;
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** @throws UsageError */
export async function run(args: readonly string[], commands: Commands): Promise<number> {
  const [shell, ...more] = args;
  if (shell === undefined || more.length > 0) {
    throw new UsageError(`name a shell to complete in: reactor completions ${SHELLS.join("|")}`);
  }
  console.log(SCRIPTS[oneOf(SHELLS)(shell, "completions")](vocabulary(commands)));
  return OK;
}

function vocabulary(commands: Commands): Vocabulary {
  return {
    options: optionRows().map(([name, { value, help, completes = [] }]) => ({
      flag: flagOf(name),
      value,
      help: inShort(help),
      completes,
    })),
    commands: Object.entries(commands).map(([word, { help, completes = [] }]) => ({
      word,
      help: inShort(help),
      completes,
    })),
    daemons: Object.entries(DAEMONS).map(([name, { summary }]) => [name, inShort(summary)]),
  };
}

/** The beginning of an explanation, without what shells would take for their own. */
function inShort(help: string): string {
  return (help.split(/[;:(]/)[0] as string).replaceAll(/['"`$\\[\]]/g, "").trim();
}
