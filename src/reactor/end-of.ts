import { SkeinError } from "../core/errors.ts";
import { ConnectionDoneError, ConnectionLostError } from "./errors.ts";

/** Why a connection has ended, in skein's words: the system's errors are ConnectionLostError. */
export function endOf(error: Error | undefined): Error {
  if (error === undefined) return new ConnectionDoneError();
  if (error instanceof SkeinError) return error;
  return new ConnectionLostError(`the connection was lost: ${error.message}`, { cause: error });
}
