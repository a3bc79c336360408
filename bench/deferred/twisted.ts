import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hasTwisted, PYTHON } from "../support/python.ts";

/** Twisted in a process of its own, asked for one figure at a time. */
export class Twisted {
  readonly #child: ChildProcess;
  readonly #lines: NodeJS.EventEmitter;

  private constructor() {
    const script = fileURLToPath(new URL("./rates.py", import.meta.url));
    const child = spawn(PYTHON, [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
  }

  /** Undefined where it is not installed. */
  static start(): Twisted | undefined {
    return hasTwisted() ? new Twisted() : undefined;
  }

  /** How many of `task` it makes in a second. */
  async rate(task: string, count: number): Promise<number> {
    this.#child.stdin?.write(`${task}:${count}\n`);
    const [line] = (await once(this.#lines, "line")) as [string];
    return Number(line);
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}
