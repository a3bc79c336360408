import { SkeinError } from "./errors.ts";

/** What a worker wanted done in the reactor's thread is not, as nobody waits for its call. */
export class InReactorEndedError extends SkeinError {
  override readonly name = "InReactorEndedError";
  readonly code = "ERR_IN_REACTOR_ENDED";
}
