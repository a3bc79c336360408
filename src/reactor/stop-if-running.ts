import type { ReactorCore } from "./capabilities.ts";
import { ReactorNotRunningError } from "./errors.ts";

/** Stops the reactor, unless it is stopping or has stopped already. */
export function stopIfRunning(reactor: ReactorCore): void {
  try {
    reactor.stop();
  } catch (error) {
    if (!(error instanceof ReactorNotRunningError)) throw error;
  }
}
