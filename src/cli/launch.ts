/**
 * What the `reactor` command does, from its arguments to its exit status. What is not needed by
 * all is loaded when it is needed, so that `--help` answers at once.
 */
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import { COMMANDS } from "./commands.ts";
import { complain, OK } from "./complain.ts";
import { becomeMember, memberId } from "./fleet/membership.ts";

export async function launch(args: readonly string[]): Promise<number> {
  try {
    return await execute(parseCommandLine(args));
  } catch (error) {
    return complain(error);
  }
}

async function execute(line: CommandLine): Promise<number> {
  if (line.what === "command") return runCommand(line);
  becomeMember();
  const { processes, variables } = line.options;
  const explains = line.args.some((arg) => arg === "--help" || arg === "-h");
  if (processes !== undefined && memberId() === undefined && !explains) {
    const { runFleet } = await import("./fleet/run-fleet.ts");
    return runFleet(line.options);
  }
  // Not before: the processes of a fleet read it themselves, each as it is then.
  if (variables !== undefined) {
    const { loadVariables } = await import("./variables-file.ts");
    loadVariables(variables);
  }
  const { runLine } = await import("./run-line.ts");
  return runLine(line.options, line.daemon, line.args);
}

async function runCommand({
  word,
  command,
  args,
}: CommandLine & { what: "command" }): Promise<number> {
  const { usage = "", help, explains = false } = command;
  if (!explains && args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(`Usage: reactor ${word} ${usage}`.trimEnd());
    console.log(`\n${help.charAt(0).toUpperCase()}${help.slice(1)}.`);
    return OK;
  }
  return (await command.load()).run(args, COMMANDS);
}
