/** What became of attempts in another process, in a form that it can print. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FROM_SOURCE } from "./from-source.ts";

export interface Outcome {
  readonly name: string;
  readonly code: string;
  /** The system's code, as the error tells it. */
  readonly system: string | undefined;
  readonly message: string;
}

/** Makes one attempt after another; "done" is one that has not failed. */
export async function outcomesOf(
  attempts: Readonly<Record<string, () => PromiseLike<unknown>>>,
): Promise<Record<string, Outcome | "done">> {
  const outcomes: Record<string, Outcome | "done"> = {};
  for (const [what, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      outcomes[what] = "done";
    } catch (thrown) {
      const error = thrown as Error & { code: string; cause?: { code?: string } };
      const { name, code, message, cause } = error;
      outcomes[what] = { name, code, system: cause?.code, message };
    }
  }
  return outcomes;
}

/** Runs a file of test/fixtures with one argument; resolves with the JSON that it prints. */
export async function runFixture(name: string, argument: string): Promise<Record<string, unknown>> {
  const file = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  const child = [...FROM_SOURCE, file, argument];
  const { stdout } = await promisify(execFile)(process.execPath, child);
  return JSON.parse(stdout) as Record<string, unknown>;
}
