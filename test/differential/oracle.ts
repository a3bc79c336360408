/** The oracle: a Python process that runs programs on the real Twisted, batch by batch. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Program } from "./program.ts";

export const PYTHON = "/usr/bin/python3";

/** A batch takes a fraction of a second; one that takes so long has a program that does not end. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface Answer {
  readonly trace: readonly string[];
  /** The departure at which the trace ends, if it does not reach the program's end. */
  readonly cut: string | null;
}

interface Question {
  readonly timeoutMs: number;
  readonly resolve: (answers: Answer[]) => void;
  readonly reject: (error: Error) => void;
}

/** There was no answer in time: a program did not end. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** Answers questions in the order in which they are asked. */
export class Oracle implements AsyncDisposable {
  #child: ChildProcess | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  /** Those that were not answered yet. */
  readonly #questions: Question[] = [];
  #closed: Promise<void> = Promise.resolve();

  /**
   * Runs programs; `raw` on Twisted as it is, departures and all. Rejects with NoAnswerError when
   * one does not end, with all that were asked after it; the process is then another one.
   */
  ask(
    programs: readonly Program[],
    { raw = false, timeoutMs = ANSWER_TIMEOUT_MS } = {},
  ): Promise<Answer[]> {
    const sent = raw ? programs.map((program) => ({ ...program, raw })) : programs;
    const line = `${JSON.stringify(sent)}\n`;
    return new Promise((resolve, reject) => {
      this.#questions.push({ timeoutMs, resolve, reject });
      this.#child ??= this.#start();
      this.#child.stdin?.write(line);
      if (this.#questions.length === 1) this.#watch();
    });
  }

  /** Ends the process, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.stdin?.end();
    await this.#closed;
  }

  #start(): ChildProcess {
    const script = fileURLToPath(new URL("oracle.py", import.meta.url));
    const child = spawn(PYTHON, [script], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (child !== this.#child) return;
      this.#questions.shift()?.resolve(JSON.parse(line) as Answer[]);
      this.#watch();
    });
    // A pipe that breaks is told by the end of the process.
    child.stdin.on("error", () => {});
    this.#closed = new Promise((resolve) => {
      const close = (error: Error): void => {
        if (child === this.#child) this.#giveUp(error);
        resolve();
      };
      child.on("error", close);
      child.on("close", (status) => close(new Error(`the oracle ended (status ${status})`)));
    });
    return child;
  }

  /** Gives the first of the questions its time. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    const [first] = this.#questions;
    if (first === undefined) return;
    this.#watchdog = setTimeout(() => {
      this.#child?.kill("SIGKILL");
      this.#giveUp(new NoAnswerError(`no answer in ${first.timeoutMs} ms`));
    }, first.timeoutMs);
  }

  #giveUp(error: Error): void {
    this.#child = undefined;
    clearTimeout(this.#watchdog);
    for (const { reject } of this.#questions.splice(0)) reject(error);
  }
}
