/** Running the daemon of a command line: what it names is loaded, its options are read. */
import { parseOptions } from "../application/command-line-options.ts";
import { describeOptions } from "../application/describe-options.ts";
import { optionsFromEnvironment } from "../application/environment-options.ts";
import type { OptionDeclarations } from "../application/option-declarations.ts";
import { assertGiven } from "../application/option-values.ts";
import type { LeakKind } from "../virtual/api.ts";
import { OK } from "./complain.ts";
import { loadBackend, loadDaemon, type LoadedDaemon } from "./load.ts";
import type { RunOptions } from "./options.ts";
import { runDaemon } from "./run-daemon.ts";

export async function runLine(
  launched: RunOptions,
  named: string,
  args: readonly string[],
): Promise<number> {
  const { backend: wanted = "libuv", noVirtual = false, allow = [] } = launched;
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(helpOn(named, await loadDaemon(named)));
    return OK;
  }
  const backend = await loadBackend(wanted);
  // Before the daemon: its libraries take functions of Node's when they are loaded.
  if (!noVirtual && backend.capabilities.includes("clock")) {
    const { followReactors } = await import("../virtual/api.ts");
    followReactors({ allow: allow as LeakKind[] });
  }
  const daemon = await loadDaemon(named);
  const options = givenOptions(daemon.options, args);
  return runDaemon(backend, daemon, options, launched);
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
