import type { OptionDeclaration, OptionDeclarations, OptionValues } from "./option-declarations.ts";
import { listOf, valueOf } from "./option-text.ts";

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The options with the names of their variables: with a prefix, each has one unless it says so. */
export function withVariables<D extends OptionDeclarations>(declared: D, prefix?: string): D {
  if (prefix === undefined) return declared;
  const named = Object.entries(declared).map(([name, option]): [string, OptionDeclaration] => [
    name,
    { ...option, env: option.env ?? `${prefix}${variableOf(name)}` },
  ]);
  return Object.fromEntries(named) as unknown as D;
}

/** The options that variables give. One that is empty gives none. @throws BadOptionError */
export function optionsFromEnvironment<D extends OptionDeclarations>(
  declared: D,
  environment: Environment,
): Partial<OptionValues<D>> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(declared)) {
    const { env } = option;
    if (typeof env !== "string") continue;
    const text = environment[env];
    if (text === undefined || text === "") continue;
    values[name] =
      option.type === "list"
        ? listOf(
            env,
            option,
            text.split(",").map((item) => valueOf(env, option, item.trim())),
          )
        : valueOf(env, option, text);
  }
  return values as Partial<OptionValues<D>>;
}

/** `idleSeconds` is `IDLE_SECONDS`. */
function variableOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
