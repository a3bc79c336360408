import { BadOptionError } from "../core/errors.ts";
import { importModule } from "../core/import-module.ts";
import type { RemoteFunction } from "./workers.ts";

/** Calls a module's export; the worker's side of every kind of worker. */
export async function callExport(
  { module, name }: RemoteFunction,
  args: readonly unknown[],
): Promise<unknown> {
  const exported = (await importModule(module))[name];
  if (typeof exported !== "function") {
    throw new BadOptionError(`${module} has no function "${name}" to call in a worker`);
  }
  return await (exported as (...args: readonly unknown[]) => unknown)(...args);
}
