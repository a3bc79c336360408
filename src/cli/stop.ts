import type { ReactorCore } from "../reactor/capabilities.ts";
import { ReactorNotRunningError } from "../reactor/errors.ts";

/** Stops the reactor, unless it is stopping or has stopped already. */
export function stopIfRunning(reactor: ReactorCore): void {
  try {
    reactor.stop();
  } catch (error) {
    if (!(error instanceof ReactorNotRunningError)) throw error;
  }
}
