/** Running the daemon of a command line: what it names is loaded, its options are read. */
import { parseOptions, splitAtEquals } from "../application/command-line-options.ts";
import { describeOptions } from "../application/describe-options.ts";
import { optionsFromEnvironment } from "../application/environment-options.ts";
import { flagOf, type OptionDeclarations } from "../application/option-declarations.ts";
import { assertGiven } from "../application/option-values.ts";
import { messageOf } from "../core/errors.ts";
import type { LeakKind } from "../virtual/api.ts";
import { OK } from "./complain.ts";
import { findDaemon } from "./find-daemon.ts";
import { LaunchError } from "./launch-error.ts";
import { loadBackend, loadDaemon, type LoadedDaemon } from "./load.ts";
import { optionRows, type RunOptions } from "./options.ts";
import { withProcess } from "./process-setup.ts";
import { runDaemon } from "./run-daemon.ts";
import { UsageError } from "./usage-error.ts";
import { watch, WATCHED } from "./watch.ts";

export async function runLine(
  launched: RunOptions,
  named: string,
  args: readonly string[],
): Promise<number> {
  const found = findDaemon(named);
  const explains = args.some((arg) => arg === "--help" || arg === "-h");
  if (launched.watch === true && !explains && process.env[WATCHED] === undefined) {
    return watch(process.argv.slice(2));
  }
  if (explains) {
    console.log(helpOn(named, await loadDaemon(found)));
    return OK;
  }
  if (launched.hangTimeout !== undefined && launched.processes === undefined) {
    throw new UsageError("--hang-timeout needs --processes: somebody has to ask");
  }
  const backend = await loadBackend(launched.backend ?? "libuv");
  const onVirtualTime = backend.capabilities.includes("clock");
  if (launched.seed !== undefined && !onVirtualTime) {
    throw new UsageError(
      `--seed needs virtual time, which ${backend.name} has not: --backend clock`,
    );
  }
  if (launched.chdir !== undefined) changeFolder(launched.chdir);
  return withProcess(launched, async (setup) => {
    // Before the daemon: its libraries take functions of Node's when they are loaded.
    if (onVirtualTime && launched.noVirtual !== true) await makeVirtual(launched);
    const daemon = await loadDaemon(found);
    const options = givenOptions(daemon.options, args);
    return runDaemon(backend, daemon, options, launched, setup);
  });
}

function changeFolder(folder: string): void {
  try {
    process.chdir(folder);
  } catch (error) {
    throw new LaunchError(`cannot work in ${folder}: ${messageOf(error)}`);
  }
}

async function makeVirtual({ allow = [], seed }: RunOptions): Promise<void> {
  const { followReactors } = await import("../virtual/api.ts");
  followReactors({ allow: allow as LeakKind[], ...(seed !== undefined && { seed }) });
}

/** The command line wins over the environment: what it gives is not even read there. */
function givenOptions(declared: OptionDeclarations, args: readonly string[]): object {
  assertBehind(declared, args);
  const given = parseOptions(declared, args);
  const others = Object.entries(declared).filter(([name]) => !Object.hasOwn(given, name));
  const found = optionsFromEnvironment(Object.fromEntries(others), process.env);
  const options = { ...found, ...given };
  assertGiven(declared, options);
  return options;
}

/** Who puts an option of the command behind the daemon is told where it goes. @throws UsageError */
function assertBehind(declared: OptionDeclarations, args: readonly string[]): void {
  const own = new Set(optionRows().map(([name]) => flagOf(name)));
  const theirs = new Set(Object.keys(declared).flatMap((name) => [flagOf(name), offOf(name)]));
  for (const arg of args) {
    const [flag] = splitAtEquals(arg);
    if (own.has(flag) && !theirs.has(flag)) {
      throw new UsageError(
        `the daemon has no option ${flag}; that of reactor goes before the daemon`,
      );
    }
  }
}

const offOf = (name: string): string => flagOf(name).replace("--", "--no-");

function helpOn(path: string, { summary, options }: LoadedDaemon): string {
  const described = describeOptions(options);
  const usage = `Usage: reactor ${path}${described.length > 0 ? " [options]" : ""}`;
  const parts = [usage, summary, described.join("\n")];
  return parts.filter((part) => part !== "").join("\n\n");
}
