/** What a worker runs for `callMultipleInThread`. */
import { importFunction } from "../core/import-function.ts";
import type { RemoteFunction } from "../reactor/workers.ts";

export const MULTIPLE: RemoteFunction = { module: import.meta.url, name: "runMultiple" };

export type Step = readonly [f: RemoteFunction, args: readonly unknown[]];

/** One after another; the first that throws is the last. */
export async function runMultiple(...steps: readonly Step[]): Promise<void> {
  for (const [f, args] of steps) {
    const called = await importFunction(f);
    await called(...args);
  }
}
