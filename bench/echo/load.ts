/** Makes load for echo servers, with the program load.c: in Node it would cost what a server does. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A way to load an echo server. */
export interface Load {
  readonly name: string;
  readonly connections: number;
  /** Messages under way at a time on each connection. */
  readonly depth: number;
  readonly messageBytes: number;
  readonly messages: number;
}

export interface Took {
  readonly seconds: number;
  /** Of the processor, for making the load. */
  readonly ownSeconds: number;
}

/** A process that has connected to a server. */
export class Loader {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #messages: number;

  constructor(program: string, port: number, load: Load) {
    const { connections, depth, messageBytes, messages } = load;
    const child = spawn(program, [port, connections, depth, messageBytes].map(String), {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    this.#messages = messages;
  }

  /** Sends all the messages, and waits for all the echoes. */
  async run(): Promise<Took> {
    this.#child.stdin?.write(`${this.#messages}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error("the load ended before its echoes had come");
    const [seconds, ownSeconds] = line.value.split(" ").map(Number) as [number, number];
    return { seconds, ownSeconds };
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}

/**
 * Compiles load.c, which needs a C compiler and Linux, and has it removed when this process ends.
 * Where that fails there can be no measuring: says so, and returns undefined, but in CI it throws.
 */
export function compileLoad(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "skein-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  const program = join(folder, "load");
  const source = new URL("./load.c", import.meta.url).pathname;
  const { status, stderr } = spawnSync("cc", ["-O2", "-o", program, source], { encoding: "utf8" });
  if (status === 0) return program;
  const why = `load.c cannot be compiled (gcc, libc6-dev; Linux)${stderr ? `: ${stderr}` : ""}`;
  if (process.env["CI"] !== undefined) throw new Error(why);
  console.log(`${why}: left out.`);
  return undefined;
}
