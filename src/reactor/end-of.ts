/** Why a connection has ended, in words that say which one. */
import { SkeinError } from "../core/errors.ts";
import { TimeoutError } from "../defer/errors.ts";
import type { Failure } from "../defer/failure.ts";
import { ConnectionDoneError, ConnectionLostError } from "./errors.ts";
import type { Transport } from "./transport.ts";
import { quoteUNIXName, textOf } from "./unix-name.ts";

type Ends = Pick<Transport, "getHost" | "getPeer">;

/** Who is at the other end, for people: clients of UNIX sockets have no name of their own. */
export function peerOf(connection: Ends): string {
  const [host, peer] = [connection.getHost(), connection.getPeer()];
  if (peer.type !== "UNIX" || peer.name !== "") return textOf(peer);
  const own = host.type === "UNIX" ? quoteUNIXName(host.name) : "";
  return `a client of ${own || "a UNIX socket"}`;
}

/** What the system calls a reset, depending on whether reading or writing hears of it first. */
const RESETS: readonly (string | undefined)[] = ["ECONNRESET", "EPIPE"];

/** The system's errors are ConnectionLostError. A child's pipe has no ends with addresses. */
export function endOf(error: Error | undefined, connection?: Ends): Error {
  if (error === undefined) return new ConnectionDoneError();
  if (error instanceof SkeinError) return error;
  const options = { cause: error };
  if (connection === undefined) {
    return new ConnectionLostError(`the pipe was lost: ${error.message}`, options);
  }
  const what = `the connection with ${peerOf(connection)} was`;
  return RESETS.includes((error as { code?: string }).code)
    ? new ConnectionLostError(`${what} reset by the peer`, options)
    : new ConnectionLostError(`${what} lost: ${error.message}`, options);
}

/** The reactor has stopped, and the peer has not taken what was written. */
export function undrained(
  { bufferedBytes }: Pick<Transport, "bufferedBytes">,
  seconds: number,
): ConnectionLostError {
  const left = `${bufferedBytes} bytes were not taken`;
  return new ConnectionLostError(`the reactor has stopped: in ${seconds} seconds ${left}`);
}

/** It was to be closed, for `reason`, and the peer has not taken what was written. */
export function closedTooLate(
  connection: Ends & Pick<Transport, "bufferedBytes">,
  seconds: number,
  reason: Failure | undefined,
): TimeoutError {
  return new TimeoutError(
    `closing the connection with ${peerOf(connection)} took over ${seconds} seconds: ` +
      `${connection.bufferedBytes} bytes wait for the peer to take them`,
    reason && { cause: reason.value },
  );
}
