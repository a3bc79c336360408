/** Variables from a file, beside those of the environment. */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { messageOf } from "../core/errors.ts";
import { UsageError } from "./usage-error.ts";

/** Adds those that the environment does not have. @throws UsageError for a file it cannot read */
export function loadVariables(path: string): void {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--variables cannot be read: ${messageOf(error)}`);
  }
  for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value;
}
