/** The `reactor` command, as a process of its own: the built one, as its users have it. */
import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./read-sources.ts";

const MAIN = join(root, "dist", "cli", "main.js");
/** A command that a failed test leaves behind must end. */
export const LIFETIME_MS = 9000;

/** How a command has ended. */
export interface Ending {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ending>;
  /** Settles when the text has been printed, to either stream; fails when it ends without. */
  printed(text: string | RegExp): Promise<readonly string[]>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the command with these arguments, in the root of the repository. */
export function start(
  args: readonly string[],
  nodeOptions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  lifetimeMs: number = LIFETIME_MS,
): Running {
  const child = spawn(process.execPath, [...nodeOptions, MAIN, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: lifetimeMs,
    killSignal: "SIGKILL",
  });
  return observe(child);
}

/** Runs the command to its end. */
export function reactor(...args: readonly string[]): Promise<Ending> {
  return start(args).ended;
}

/** Expects that the command says in one sentence that it was used wrongly, and nothing else. */
export async function expectMisuse(args: readonly string[], sentence: string): Promise<void> {
  expect(await reactor(...args)).to.deep.equal({
    status: 2,
    signal: null,
    stdout: "",
    stderr: `reactor: ${sentence}\nTry: reactor --help\n`,
  });
}

/** Watches a child process. */
export function observe(child: ChildProcess): Running {
  let output = { stdout: "", stderr: "" };
  const news: (() => void)[] = [];
  const tell = (): void => news.splice(0).forEach((resolve) => resolve());
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      output = { ...output, [stream]: output[stream] + text };
      tell();
    });
  }
  let over = false;
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => {
      over = true;
      resolve({ status, signal, ...output });
      tell();
    });
  });
  return {
    ended,
    async printed(text) {
      for (;;) {
        const found = find(output.stdout, text) ?? find(output.stderr, text);
        if (found !== null) return found;
        if (over) throw new Error(`ended without printing ${text}: ${JSON.stringify(output)}`);
        await new Promise<void>((resolve) => news.push(resolve));
      }
    },
    kill: (signal) => void child.kill(signal),
  };
}

function find(output: string, text: string | RegExp): readonly string[] | null {
  if (typeof text !== "string") return output.match(text);
  return output.includes(text) ? [text] : null;
}

let folders = 0;

/** A folder of modules for the tests of a suite, which cannot be in the repository. */
export function moduleFolder(modules: Record<string, string>): (name: string) => string {
  const folder = join(tmpdir(), `skein-cli-${process.pid}-${++folders}`);
  before(() => {
    mkdirSync(folder);
    for (const [name, text] of Object.entries(modules)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });
  after(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}
