/** The oracle: a Python process that runs programs on the real Twisted, batch by batch. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Program } from "./program.ts";

export const PYTHON = "/usr/bin/python3";

export interface Answer {
  readonly trace: readonly string[];
  /** The departure at which the trace ends, if it does not reach the program's end. */
  readonly cut: string | null;
}

interface Question {
  readonly resolve: (answers: Answer[]) => void;
  readonly reject: (error: Error) => void;
}

export class Oracle implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Those that were not answered yet, in the order in which they were asked. */
  readonly #questions: Question[] = [];
  readonly #closed: Promise<void>;

  constructor() {
    const script = fileURLToPath(new URL("oracle.py", import.meta.url));
    const child = spawn(PYTHON, [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#questions.shift()?.resolve(JSON.parse(line) as Answer[]);
    });
    // A pipe that breaks is told by the end of the process.
    child.stdin.on("error", () => {});
    this.#closed = new Promise((resolve) => {
      const close = (reason: string): void => {
        for (const { reject } of this.#questions.splice(0)) reject(new Error(reason));
        resolve();
      };
      child.on("error", (error) => close(error.message));
      child.on("close", (status) => close(`the oracle ended (status ${status})`));
    });
  }

  /** Runs programs; `raw` on Twisted as it is, departures and all. */
  ask(programs: readonly Program[], { raw = false } = {}): Promise<Answer[]> {
    const sent = raw ? programs.map((program) => ({ ...program, raw })) : programs;
    return new Promise((resolve, reject) => {
      this.#questions.push({ resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify(sent)}\n`);
    });
  }

  /** Ends the process, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#closed;
  }
}
