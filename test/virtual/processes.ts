import { spawn } from "node:child_process";
import { type Ending, LIFETIME_MS, moduleFolder, observe } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

export { moduleFolder };

/** Runs a program in a process of its own, whose globals are virtual from its beginning. */
export function preloaded(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  return program(["--import", "skein/virtual", ...args], env);
}

/** Runs a program, from source. */
export function program(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  const child = spawn(process.execPath, ["-C", "@skein/source", "--import", "tsx", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIFETIME_MS,
    killSignal: "SIGKILL",
  });
  return observe(child).ended;
}

/** For a program that stands outside of this repository: what it imports, by URLs. */
export function importing(name: string): string {
  return JSON.stringify(import.meta.resolve(name));
}
