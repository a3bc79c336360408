import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hasTwisted, PYTHON } from "./python.ts";

/** Twisted in a process of its own, asked for one figure at a time. */
export class Twisted {
  readonly #child: ChildProcess;
  readonly #lines: NodeJS.EventEmitter;

  private constructor(script: URL) {
    const child = spawn(PYTHON, [fileURLToPath(script)], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
  }

  /** Undefined where it is not installed. The script answers `task:count` with a rate. */
  static start(script: URL): Twisted | undefined {
    return hasTwisted() ? new Twisted(script) : undefined;
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
