/**
 * Loading modules whose names come from outside: daemons, backends, worker modules.
 *
 * TypeScript is loaded by Node itself where it can, else by tsx where that is installed. A `.ts`
 * URL whose file was compiled away falls back to the `.js` beside it, so that code which names its
 * worker module by URL works both from source and compiled.
 */
import { SkeinError } from "./errors.ts";

/** A TypeScript module cannot be loaded by this version of Node without help. */
export class NoTypeScriptError extends SkeinError {
  override readonly name = "NoTypeScriptError";
  readonly code = "ERR_NO_TYPESCRIPT";
}

/** An argument that makes Node load tsx: `tsx`, `--import=tsx`, a path into it. */
const TSX = /(?:^|[/\\=])tsx(?:$|[/\\])/;
const TYPESCRIPT = /\.[mc]?ts$/;

let tsx: Promise<void> | undefined;

/** Imports the module at an absolute URL. @throws NoTypeScriptError, or what the module throws. */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  if (!TYPESCRIPT.test(url)) return load(url);
  // Beforehand, as Node remembers a module that it could not load.
  if (needsTsx()) await (tsx ??= registerTsx(url));
  try {
    return await load(url);
  } catch (error) {
    if (!isMissing(error, url)) throw error;
    const compiled = url.replace(TYPESCRIPT, (ending) => ending.replace("ts", "js"));
    try {
      return await load(compiled);
    } catch (compiledError) {
      // Where there is neither, the one that was asked for is the one to name.
      throw isMissing(compiledError, compiled) ? error : compiledError;
    }
  }
}

async function load(url: string): Promise<Record<string, unknown>> {
  const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
  const { default: exported } = module;
  // Compiled to CommonJS, as in a package without "type": "module", all of it is in the default.
  const compiled = typeof exported === "object" && exported !== null && "__esModule" in exported;
  return compiled ? { ...exported } : module;
}

async function registerTsx(url: string): Promise<void> {
  try {
    // Not literals: bundlers would look for them. The first is for modules that become CommonJS.
    for (const name of ["tsx/cjs/api", "tsx/esm/api"]) {
      const api = (await import(/* @vite-ignore */ name)) as { register(): void };
      api.register();
    }
  } catch (cause) {
    throw new NoTypeScriptError(
      `this version of Node cannot load ${url} by itself: ` +
        "install tsx (npm install tsx), use Node 22.18 or newer, or compile it to JavaScript",
      { cause },
    );
  }
}

/** Whether this is a Node that loads no TypeScript, with nothing installed to help it. */
function needsTsx(): boolean {
  if (TYPESCRIPT.test(import.meta.url)) return false;
  const { process } = globalThis as {
    process?: {
      versions: Record<string, string>;
      features: { typescript?: string | false };
      execArgv: string[];
      getBuiltinModule(name: "worker_threads"): { isMainThread: boolean };
    };
  };
  if (process === undefined || "bun" in process.versions || "deno" in process.versions)
    return false;
  if (process.features.typescript) return false;
  // Run with tsx, older versions of Node have it in the main thread only.
  const { isMainThread } = process.getBuiltinModule("worker_threads");
  return !isMainThread || !process.execArgv.some((arg) => TSX.test(arg));
}

/** Whether the error says that this very module is not there; not one that it imports. */
function isMissing(error: unknown, url: string): boolean {
  const {
    code,
    url: missing,
    message,
  } = error as { code?: unknown; url?: string; message: string };
  if (code !== "ERR_MODULE_NOT_FOUND") return false;
  // Bun and Deno say it in the message alone, the one as a path and the other as a URL.
  const named = missing ?? /["'](.*?)["']/.exec(message)?.[1];
  return named === url || named === decodeURIComponent(new URL(url).pathname);
}
