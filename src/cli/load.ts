/** Loading what the command line names: daemons and backends. */
import { pathToFileURL } from "node:url";
import type { Daemon } from "../application/daemon.ts";
import type { OptionDeclarations } from "../application/option-declarations.ts";
import { messageOf } from "../core/errors.ts";
import { importModule, NoTypeScriptError } from "../core/import-module.ts";
import type { Backend } from "../reactor/backend.ts";
import type { Capability, ReactorCore } from "../reactor/capabilities.ts";
import { backends } from "../reactor/index.ts";
import { fileAt, type FoundDaemon } from "./find-daemon.ts";
import { UsageError } from "./usage-error.ts";

// What is known of a module's backend is what the interface says.
export type LoadedBackend = Backend<Capability>;
export type LoadedDaemon = Daemon<ReactorCore, OptionDeclarations>;

/** The first frame of a stack that is in a file; Node's own are in none. */
const PLACE = /^ +at (?:async |.*\()?((?:file:|\/|[A-Z]:\\).+:\d+:\d+)\)?$/m;
const LOADER = /[/\\]node_modules[/\\]tsx[/\\]/;

/** A backend by name, or from a module. @throws UsageError */
export async function loadBackend(nameOrModule: string): Promise<LoadedBackend> {
  const known: Readonly<Record<string, unknown>> = backends;
  if (Object.hasOwn(known, nameOrModule)) return known[nameOrModule] as LoadedBackend;
  if (!/[./\\]/.test(nameOrModule)) {
    throw new UsageError(
      `no backend is called "${nameOrModule}"; there are: ${Object.keys(known).join(", ")}`,
    );
  }
  const exported = await loadFile(nameOrModule, "backend");
  if (!isBackend(exported)) {
    throw new UsageError(`the default export of ${nameOrModule} is not a backend`);
  }
  return exported;
}

/** A daemon from where it was found. @throws UsageError */
export async function loadDaemon({ shown: module, load }: FoundDaemon): Promise<LoadedDaemon> {
  const exported = await loadDefault(module, "daemon", load);
  if (typeof exported !== "function") {
    const found =
      exported === undefined
        ? `${module} has no default export`
        : `the default export of ${module} is not a function of the reactor`;
    throw new UsageError(
      `${found}: a daemon is "export default defineDaemon({ … })"; a program that creates its ` +
        "reactor itself is run by node",
    );
  }
  const daemon = exported as LoadedDaemon;
  const { summary = "", options = {} } = daemon as Partial<LoadedDaemon>;
  return Object.assign((...args: Parameters<LoadedDaemon>) => daemon(...args), {
    summary,
    options,
  });
}

function loadFile(module: string, kind: string): Promise<unknown> {
  const url = pathToFileURL(fileAt(module, kind)).href;
  return loadDefault(module, kind, () => importModule(url));
}

async function loadDefault(
  module: string,
  kind: string,
  load: FoundDaemon["load"],
): Promise<unknown> {
  try {
    return (await load())["default"];
  } catch (error) {
    if (error instanceof NoTypeScriptError) throw new UsageError(error.message);
    throw new UsageError(`the ${kind} module ${module} cannot be loaded: ${inOneLine(error)}`);
  }
}

/** The error's message, and the place in a file that it comes from, where the error knows it. */
function inOneLine(error: unknown): string {
  const message = messageOf(error)
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  const place = error instanceof Error ? PLACE.exec(error.stack ?? "")?.[1] : undefined;
  // A loader's own place helps nobody.
  return place === undefined || LOADER.test(place) ? message : `${message} (${place})`;
}

function isBackend(value: unknown): value is LoadedBackend {
  if (typeof value !== "object" || value === null) return false;
  const { name, capabilities, open } = value as Partial<LoadedBackend>;
  return typeof name === "string" && Array.isArray(capabilities) && typeof open === "function";
}
