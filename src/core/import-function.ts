import { BadOptionError } from "./errors.ts";
import { importModule } from "./import-module.ts";
import { inlineFunction, isInline } from "./inline-source.ts";

export type ImportedFunction = (...args: readonly unknown[]) => unknown;

/**
 * The function that a module exports, or is.
 *
 * @param purpose what it is wanted for, if there is none.
 * @throws BadOptionError, or what importing it throws.
 */
export async function importFunction(
  { module, name }: { readonly module: string; readonly name: string },
  purpose: string = "to call in a worker",
): Promise<ImportedFunction> {
  if (isInline(module)) return inlineFunction(module);
  const exported = (await importModule(module))[name];
  if (typeof exported === "function") return exported as ImportedFunction;
  throw new BadOptionError(`${module} has no function "${name}" ${purpose}`);
}
