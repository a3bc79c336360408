/** What the `reactor` command does, from its arguments to its exit status. */
import { describeOptions, parseOptions } from "../application/options.ts";
import { BadOptionError, messageOf } from "../core/errors.ts";
import { type CommandLine, parseCommandLine, USAGE } from "./command-line.ts";
import { UsageError } from "./usage-error.ts";

const OK = 0;
const FAILED = 1;
const MISUSED = 2;

export async function launch(args: readonly string[]): Promise<number> {
  try {
    return await execute(parseCommandLine(args));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof BadOptionError)) throw error;
    console.error(`reactor: ${messageOf(error)}`);
    console.error("Try: reactor --help");
    return MISUSED;
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
  const daemon = await loadDaemon(command.daemon);
  if (command.args.includes("--help")) {
    console.log([`Usage: reactor ${command.daemon} [options]`, "", daemon.summary].join("\n"));
    console.log(["", ...describeOptions(daemon.options)].join("\n"));
    return OK;
  }
  const options = parseOptions(daemon.options, command.args);
  const backend = await loadBackend(command.backend);
  const { runDaemon } = await import("./run-daemon.ts");
  return (await runDaemon(backend, daemon, options, command)) ? OK : FAILED;
}
