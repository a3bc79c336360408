/** What the `reactor` command does, from its arguments to its exit status. */
import { parseOptions } from "../application/command-line-options.ts";
import { describeOptions } from "../application/describe-options.ts";
import { optionsFromEnvironment } from "../application/environment-options.ts";
import { assertGiven } from "../application/option-values.ts";
import type { OptionDeclarations } from "../application/option-declarations.ts";
import { type CommandLine, parseCommandLine, USAGE } from "./command-line.ts";
import { complain, OK } from "./complain.ts";
import type { LeakKind } from "../virtual/api.ts";
import type { LoadedDaemon } from "./load.ts";

export async function launch(args: readonly string[]): Promise<number> {
  try {
    return await execute(parseCommandLine(args));
  } catch (error) {
    return complain(error);
  }
}

async function execute(command: CommandLine): Promise<number> {
  switch (command.what) {
    case "help":
      console.log(USAGE);
      return OK;
    case "version": {
      const { version } = await import("./version.ts");
      console.log(await version());
      return OK;
    }
    case "backends": {
      const { listBackends } = await import("./list-backends.ts");
      console.log(listBackends());
      return OK;
    }
    case "run":
      return run(command);
  }
}

/** The rest is loaded only here, so that `--help` answers at once. */
async function run(command: CommandLine & { what: "run" }): Promise<number> {
  const { loadBackend, loadDaemon } = await import("./load.ts");
  if (command.args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(helpOn(command.daemon, await loadDaemon(command.daemon)));
    return OK;
  }
  const backend = await loadBackend(command.backend);
  // Before the daemon: its libraries take functions of Node's when they are loaded.
  if (command.virtual && backend.capabilities.includes("clock")) {
    const { followReactors } = await import("../virtual/api.ts");
    followReactors({ allow: command.allow as LeakKind[] });
  }
  const daemon = await loadDaemon(command.daemon);
  const options = givenOptions(daemon.options, command.args);
  const { runDaemon } = await import("./run-daemon.ts");
  return runDaemon(backend, daemon, options, command);
}

/** The command line wins over the environment: what it gives is not even read there. */
function givenOptions(declared: OptionDeclarations, args: readonly string[]): object {
  const given = parseOptions(declared, args);
  const others = Object.entries(declared).filter(([name]) => !Object.hasOwn(given, name));
  const found = optionsFromEnvironment(Object.fromEntries(others), process.env);
  const options = { ...found, ...given };
  assertGiven(declared, options);
  return options;
}

function helpOn(path: string, { summary, options }: LoadedDaemon): string {
  const described = describeOptions(options);
  const usage = `Usage: reactor ${path}${described.length > 0 ? " [options]" : ""}`;
  const parts = [usage, summary, described.join("\n")];
  return parts.filter((part) => part !== "").join("\n\n");
}
