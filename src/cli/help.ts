/** What `reactor --help` prints: made of the tables. */
import { flagOf } from "../application/option-declarations.ts";
import { OK } from "./complain.ts";
import type { Commands } from "./commands.ts";
import { optionRows } from "./options.ts";

const COLUMNS = 80;
/** Where the explanations begin. */
const INDENT = 25;

export async function run(_args: readonly string[], commands: Commands): Promise<number> {
  console.log(usage(commands));
  return OK;
}

/** The whole text. */
export function usage(commands: Commands): string {
  const options = optionRows().map(([name, { value, help }]) =>
    explained(`${flagOf(name)}${value === undefined ? "" : ` ${value}`}`, help),
  );
  const others = Object.entries(commands).map(([word, { usage: behind, help }]) =>
    explained(behind === undefined ? word : `${word} ${behind}`, help),
  );
  return `Usage: reactor [--backend NAME|MODULE] [other options] DAEMON [its options]

Runs a daemon: a module (.ts or .js) whose default export is a function of the
reactor and its options.

${[...options, ...others].join("\n")}
${explained(
  "DAEMON --help",
  "print the daemon's own options, and the variables of the environment that they are read from",
)}

The first ^C stops the daemon gracefully, the second at once. The exit status is
0 when it stopped well, 1 when it failed, 2 when the command line is wrong; a
daemon that was stopped by a signal ends by that signal.`;
}

/** A term, and its explanation beside it, or below where the term is too long. */
function explained(term: string, help: string): string {
  const [first = "", ...more] = wrapped(help, COLUMNS - INDENT);
  const start = `  ${term}`;
  const head =
    start.length < INDENT
      ? `${start.padEnd(INDENT)}${first}`
      : `${start}\n${" ".repeat(INDENT)}${first}`;
  return [head, ...more.map((line) => `${" ".repeat(INDENT)}${line}`)].join("\n");
}

function wrapped(sentence: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
