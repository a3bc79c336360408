import { messageOf, SkeinError } from "../core/errors.ts";
import { LaunchError } from "./launch-error.ts";
import { UsageError } from "./usage-error.ts";

/** Exit statuses. */
export const OK = 0;
export const FAILED = 1;
export const MISUSED = 2;

/** What a daemon, or its loading, says to one who uses it wrongly. */
const MISUSES = new Set<unknown>(["ERR_BAD_OPTION", "ERR_ENDPOINT_STRING", "ERR_NO_CAPABILITY"]);

/**
 * Says on standard error what went wrong, and returns the exit status for it. Only what neither the
 * user nor the daemon could foresee is shown with its stack.
 */
export function complain(error: unknown): number {
  if (error instanceof UsageError || MISUSES.has(codeOf(error))) {
    console.error(`reactor: ${messageOf(error)}`);
    console.error("Try: reactor --help");
    return MISUSED;
  }
  const isSentence = error instanceof SkeinError || error instanceof LaunchError;
  console.error(isSentence ? `reactor: ${error.message}` : error);
  return FAILED;
}

/** Tells errors apart where classes do not: a daemon may have a copy of skein of its own. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
