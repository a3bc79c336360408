import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Ending, LIFETIME_MS, moduleFolder, observe } from "../support/command.ts";
import { FROM_SOURCE } from "../support/from-source.ts";
import { root } from "../support/read-sources.ts";

export { moduleFolder };

/** Runs a program in a process of its own, whose globals are virtual from its beginning. */
export function preloaded(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  return program(["--import", "skein/virtual", ...args], env);
}

/** As {@link preloaded}, with the built package and no loader of TypeScript. */
export function preloadedBuilt(args: readonly string[]): Promise<Ending> {
  return run(["--import", importing("./virtual/index.js", "dist"), ...args], {});
}

/** Runs a program, from source. */
export function program(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  return run([...FROM_SOURCE, ...args], env);
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ending> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIFETIME_MS,
    killSignal: "SIGKILL",
  });
  return observe(child).ended;
}

/** For a program that stands outside of this repository: what it imports, as a URL. */
export function importing(name: string, from: "src" | "dist" = "src"): string {
  if (from === "src") return import.meta.resolve(name);
  return pathToFileURL(join(root, "dist", name)).href;
}
