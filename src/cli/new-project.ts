/** `reactor new FOLDER`: a project that runs, and whose test passes, as it is. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { splitAtEquals, takeValue } from "../application/command-line-options.ts";
import { messageOf } from "../core/errors.ts";
import { codeOf, OK } from "./complain.ts";
import { LaunchError } from "./launch-error.ts";
import { projectFiles } from "./project-files.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = `Usage: reactor new FOLDER [--skein VERSION]

Makes a project in FOLDER, whose name is the package's: a daemon in TypeScript,
and its test, in virtual time.

  --skein VERSION  the version of skein that it is to use, or where else npm finds
                   it: file:../skein.tgz (default: that of this command)`;

/** What npm takes for the name of a package. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,213}$/;
/** The one would be what it depends on, the others mean something else to npm or Node. */
const TAKEN: ReadonlySet<string> = new Set(["skein", "node_modules", "favicon.ico"]);
/** What a folder may have and be empty all the same. */
const NOTHING: ReadonlySet<string> = new Set([".git", ".DS_Store"]);

/** @throws UsageError, LaunchError */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(USAGE);
    return OK;
  }
  const { folder, skein } = readArguments(args);
  const path = resolve(folder);
  const name = basename(path);
  if (!NAME.test(name) || TAKEN.has(name)) {
    throw new UsageError(
      `"${name}" cannot be the name of a package: take small letters, digits, - and _` +
        (TAKEN.has(name) ? ", and another one, as this one is taken" : ""),
    );
  }
  const files = projectFiles(name, skein, ownManifest());
  try {
    assertEmpty(path, folder);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      // Never over a file that came meanwhile.
      writeFileSync(join(path, file), text, { flag: "wx" });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new LaunchError(`cannot make the project in ${folder}: ${messageOf(error)}`);
  }
  const here = relative(".", path) || ".";
  console.log(`Made ${Object.keys(files).join(", ")}.\nNow: cd ${here} && npm install && npm test`);
  return OK;
}

function readArguments(args: readonly string[]): { folder: string; skein: string | undefined } {
  let folder: string | undefined;
  let skein: string | undefined;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [word, inline] = splitAtEquals(arg);
    if (word === "--skein") skein = takeValue(word, inline, rest);
    else if (arg.startsWith("-"))
      throw new UsageError(`there is no option ${word}; see: new --help`);
    else if (folder === undefined) folder = arg;
    else throw new UsageError(`unexpected argument "${arg}": one project at a time`);
  }
  if (folder === undefined) throw new UsageError("name a folder for the project: reactor new tea");
  return { folder, skein };
}

function assertEmpty(path: string, folder: string): void {
  let entries: string[] = [];
  try {
    entries = readdirSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    if (codeOf(error) === "ENOTDIR") throw new UsageError(`${folder} is a file`);
    throw error;
  }
  const found = entries.filter((entry) => !NOTHING.has(entry));
  if (found.length === 0) return;
  throw new UsageError(
    `the folder ${folder} is not empty: it has ${found.slice(0, 3).join(", ")}` +
      (found.length > 3 ? ` and ${found.length - 3} more` : ""),
  );
}

/** Skein's own manifest, of which the project takes versions. */
export interface OwnManifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
}

function ownManifest(): OwnManifest {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return JSON.parse(text) as OwnManifest;
}
