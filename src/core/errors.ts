/**
 * The base of every error that skein makes.
 *
 * Each class has a stable `code`, so that programs decide by code (or class) and never by
 * message. `docs/errors.md` lists them all; a test keeps that table complete.
 */
export abstract class SkeinError extends Error {
  /** Stable identifier, `ERR_…`; listed in docs/errors.md. */
  abstract readonly code: string;
}

const NO_TEXT = "something that has no text";

/** The message of anything that was thrown: JavaScript lets people throw more than Errors. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return NO_TEXT;
  }
}

/** The same, with an Error's name before it. */
export function nameAndMessageOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return NO_TEXT;
  }
}

/** An option, argument or setting has a value that cannot work. */
export class BadOptionError extends SkeinError {
  override readonly name = "BadOptionError";
  readonly code = "ERR_BAD_OPTION";
}

/** A queue with a limit is full: the caller should slow down, or raise the limit. */
export class QueueFullError extends SkeinError {
  override readonly name = "QueueFullError";
  readonly code = "ERR_QUEUE_FULL";
}
