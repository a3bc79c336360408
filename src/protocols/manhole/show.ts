const MAX_CHARACTERS = 64 * 1024;
const OPTIONS = { depth: 3, maxArrayLength: 100, maxStringLength: 10_000 } as const;

interface Util {
  inspect(value: unknown, options: typeof OPTIONS): string;
}

/** A value as text, as Node shows it where it runs there; cut if it is long. */
export function show(value: unknown): string {
  const text = describe(value);
  if (text.length <= MAX_CHARACTERS) return text;
  return `${text.slice(0, MAX_CHARACTERS)}… ${text.length - MAX_CHARACTERS} characters more`;
}

/** What was thrown, in a line: anything may be. */
export function showError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${show(error)}`;
}

function describe(value: unknown): string {
  try {
    const util = nodeUtil();
    if (util !== undefined) return util.inspect(value, OPTIONS);
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch (error) {
    return `(a value that cannot be shown: ${String(error)})`;
  }
}

function nodeUtil(): Util | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "util"): Util | undefined };
  };
  return process?.getBuiltinModule?.("util");
}
