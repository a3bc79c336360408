/** What a daemon's name on the command line means: a file, a package, one of skein's own. */
import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { didYouMean } from "../application/did-you-mean.ts";
import { importModule } from "../core/import-module.ts";
import { DAEMONS } from "../daemons/table.ts";
import { packageFolder, packageModule } from "./package-module.ts";
import { UsageError } from "./usage-error.ts";

type Module = Readonly<Record<string, unknown>>;

/** A daemon that is there; it is not loaded yet. */
export interface FoundDaemon {
  /** As the command line has it. */
  readonly shown: string;
  readonly load: () => Promise<Module>;
}

const OWN = "skein:";
const ENDINGS = [".ts", ".js", ".mts", ".mjs"];
const LOOKS_LIKE_PATH = /^\.{1,2}(?:[/\\]|$)|\\|\.[mc]?[jt]sx?$/;

/**
 * What looks like a path is one: `./tea`, `/srv/tea`, `tea.ts`. Else it is a file, or a package
 * that is installed here or above, or a daemon of skein's: `skein:echo` is always that.
 *
 * @throws UsageError when there is none, or more than one.
 */
export function findDaemon(named: string): FoundDaemon {
  if (named.startsWith(OWN)) {
    const own = ownDaemon(named, named.slice(OWN.length));
    if (own !== undefined) return own;
    const meant = didYouMean(named.slice(OWN.length), Object.keys(DAEMONS));
    throw new UsageError(`skein brings no daemon called "${named.slice(OWN.length)}"${meant}`);
  }
  if (isAbsolute(named) || LOOKS_LIKE_PATH.test(named)) return daemonFile(named);
  const found = new Map<string, FoundDaemon>();
  const own = ownDaemon(named, named);
  if (kindOf(named) === "file") found.set(`the file ./${named}`, daemonFile(named));
  if (packageFolder(named, resolve(".")) !== undefined)
    found.set("an installed package", daemonPackage(named));
  if (own !== undefined) found.set(`a daemon of skein's, ${OWN}${named}`, own);
  const [first, ...more] = found.values();
  if (first === undefined) throw nothingCalled(named);
  if (more.length === 0) return first;
  throw new UsageError(
    `"${named}" is ${[...found.keys()].join(", and ")}: write the path of the file, or of the ` +
      `package's module, or ${OWN}${named}`,
  );
}

/** The path of a module. @throws UsageError when there is none. */
export function fileAt(module: string, kind: string): string {
  const path = resolve(module);
  const found = kindOf(path);
  if (found === undefined) throw new UsageError(`there is no ${kind} module at ${module}`);
  if (found === "other") {
    throw new UsageError(`${module} is not a file, so it is no ${kind} module`);
  }
  return path;
}

function daemonFile(named: string): FoundDaemon {
  const url = pathToFileURL(fileAt(named, "daemon")).href;
  return { shown: named, load: () => importModule(url) };
}

function ownDaemon(shown: string, name: string): FoundDaemon | undefined {
  const own = Object.hasOwn(DAEMONS, name) ? DAEMONS[name] : undefined;
  return own && { shown, load: own.load };
}

function daemonPackage(named: string): FoundDaemon {
  // The folder may change before it is loaded.
  const from = resolve(".");
  return {
    shown: named,
    load: async () => importModule(pathToFileURL(packageModule(named, from)).href),
  };
}

function kindOf(path: string): "file" | "other" | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isFile() ? "file" : "other";
}

function nothingCalled(named: string): UsageError {
  if (kindOf(named) !== undefined || named === "") {
    return new UsageError(`${named || '""'} is not a file, so it is no daemon module`);
  }
  const file = ENDINGS.map((ending) => named + ending).find((path) => kindOf(path) === "file");
  const meant =
    file === undefined ? didYouMean(named, Object.keys(DAEMONS)) : `; did you mean ${file}?`;
  if (named.includes("/")) {
    return new UsageError(
      `there is no daemon module at ${named}, and no package of that name is installed${meant}`,
    );
  }
  return new UsageError(
    `there is no daemon called "${named}": no file, no installed package, and none of skein's ` +
      `(reactor --daemons lists them)${meant}`,
  );
}
