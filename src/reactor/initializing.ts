import type { Initializer } from "../core/crossing-arguments.ts";
import { importFunction } from "../core/import-function.ts";
import { revive } from "./reviving.ts";

/** By thread, as simulated workers share this module. */
const initialized = new Map<number, Promise<void>>();

/**
 * Calls the initializer, unless this worker has done so; after a failure the next call tries.
 *
 * @param thread names the worker, if it is simulated.
 */
export async function initialize(initializer: Initializer, thread: number = 0): Promise<void> {
  let done = initialized.get(thread);
  if (done === undefined) initialized.set(thread, (done = run(initializer)));
  try {
    await done;
  } catch (error) {
    initialized.delete(thread);
    throw error;
  }
}

async function run({ args, revivals, ...target }: Initializer): Promise<void> {
  const made = [...args];
  for (const { index, ...its } of revivals) made[index] = await revive(its, args[index]);
  const initializing = await importFunction(target);
  await initializing(...made);
}
