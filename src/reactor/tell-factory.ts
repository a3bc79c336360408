import type { Failure } from "../defer/failure.ts";
import type { Loop } from "./backend.ts";
import type { Ended, StreamConnection } from "./stream-connection.ts";
import type { ProtocolFactory } from "./transport.ts";

/**
 * Tells the factory of a connection that was accepted, if it wants to know, and makes of `ended`
 * what tells it of the end too. What the factory throws at the beginning is thrown here.
 */
export function tellFactory(
  factory: ProtocolFactory,
  connection: StreamConnection,
  ended: Ended,
  loop: Pick<Loop, "reportError">,
): Ended {
  factory.connectionAccepted?.(connection);
  if (factory.connectionEnded === undefined) return ended;
  return (reason: Failure, gone: StreamConnection): void => {
    try {
      factory.connectionEnded?.(gone, reason);
    } catch (error) {
      loop.reportError(error, "calling a factory's connectionEnded");
    }
    ended(reason, gone);
  };
}
