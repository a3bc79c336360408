import { SkeinError } from "../core/errors.ts";
import { TimeoutError } from "../defer/errors.ts";
import type { Failure } from "../defer/failure.ts";
import { ConnectionDoneError, ConnectionLostError } from "./errors.ts";

/** Why a connection has ended, in skein's words: the system's errors are ConnectionLostError. */
export function endOf(error: Error | undefined): Error {
  if (error === undefined) return new ConnectionDoneError();
  if (error instanceof SkeinError) return error;
  return new ConnectionLostError(`the connection was lost: ${error.message}`, { cause: error });
}

/** The peer has not taken what was written; `reason` is why the connection was being closed. */
export function closingTooLong(
  seconds: number,
  bytesLeft: number,
  reason: Failure | undefined,
): TimeoutError {
  const left = `${bytesLeft} bytes wait for the peer to take them`;
  const message = `closing the connection took over ${seconds} seconds: ${left}`;
  return new TimeoutError(message, reason && { cause: reason.value });
}
