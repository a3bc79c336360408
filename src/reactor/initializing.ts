import type { Initializer } from "../core/crossing-arguments.ts";
import { load, revive } from "./reviving.ts";

/** By pool, as simulated workers share a thread, and what modules keep. */
const initialized = new Map<number, Promise<void>>();

/** Calls the initializer, unless this worker has done so; after a failure the next call tries. */
export async function initialize(initializer: Initializer): Promise<void> {
  const { pool } = initializer;
  let done = initialized.get(pool);
  if (done === undefined) initialized.set(pool, (done = run(initializer)));
  try {
    await done;
  } catch (error) {
    initialized.delete(pool);
    throw error;
  }
}

async function run({ args, revivals, ...target }: Initializer): Promise<void> {
  const made = [...args];
  for (const { index, ...its } of revivals) made[index] = await revive(its, args[index]);
  const initializing = await load(target);
  await initializing(...made);
}
