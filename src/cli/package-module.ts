/** Finding the module that a package exports, from a folder that is not this module's own. */
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { codeOf } from "./complain.ts";

/** `package`, `@scope/package`; what they export comes behind a slash. */
const PACKAGE = /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*(?=\/|$)/;
const CONDITIONS: ReadonlySet<string> = new Set(["import", "node", "default"]);

/** The folder of an installed package, in `from` or above; undefined where there is none. */
export function packageFolder(named: string, from: string): string | undefined {
  const name = PACKAGE.exec(named)?.[0];
  if (name === undefined) return undefined;
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    const manifest = statSync(join(folder, "package.json"), { throwIfNoEntry: false });
    if (manifest?.isFile() === true) return folder;
    if (at === dirname(at)) return undefined;
  }
}

/** The path of what is exported by that name. @throws Node's error where nothing is. */
export function packageModule(named: string, from: string): string {
  try {
    return createRequire(join(from, "reactor.js")).resolve(named);
  } catch (error) {
    // Node has no way to ask what an import would find, which may be more.
    const path = codeOf(error) === "ERR_PACKAGE_PATH_NOT_EXPORTED" && imported(named, from);
    if (!path) throw error;
    return path;
  }
}

function imported(named: string, from: string): string | undefined {
  const folder = packageFolder(named, from) as string;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports?: unknown;
  };
  const subpath = named.replace(PACKAGE, ".");
  const { exports } = manifest;
  const bySubpath = typeof exports === "object" && exports !== null && "." in exports;
  const target: unknown =
    bySubpath || subpath !== "." ? Reflect.get(Object(exports), subpath) : exports;
  const path = chosen(target);
  return path === undefined ? undefined : join(folder, path);
}

/** The first target whose conditions an import meets. */
function chosen(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const path = CONDITIONS.has(condition) ? chosen(inner) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}
