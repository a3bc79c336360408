import { messageOf } from "../../../core/errors.ts";
import { CannotStartWorkerError } from "../../errors.ts";
import { NO_DESCRIPTOR } from "./advice.ts";

const REASONS: Readonly<Record<string, string>> = {
  ...NO_DESCRIPTOR,
  EAGAIN: "there are too many processes or threads",
  ENOMEM: "there is not enough memory",
};

/** What Node says of threads that do not come to be. */
const OF_THREADS = new Set(["ERR_WORKER_INIT_FAILED", "ERR_WORKER_OUT_OF_MEMORY"]);

/** Whether a worker that has done nothing yet has failed for want of what it needs to begin. */
export function isStartFailure(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (OF_THREADS.has(code) || code in REASONS);
}

export function cannotStartWorker(cause: unknown): CannotStartWorkerError {
  const code = codeOf(cause);
  // Of a thread the system's word is in the message alone.
  const reason = code?.startsWith("ERR_") ? /\bE[A-Z]+$/.exec(messageOf(cause))?.[0] : code;
  return new CannotStartWorkerError(REASONS[reason ?? ""] ?? messageOf(cause), reason, { cause });
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}
