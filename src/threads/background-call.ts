import type { Reactor } from "../reactor/capabilities.ts";
import { virtualTimeOf } from "../reactor/virtual-time.ts";

/**
 * Calls `action` after so many seconds, unless the returned function is called. It is only tidying
 * up: a run on virtual time that has nothing else left to do does not wait for it.
 */
export function backgroundCall(reactor: Reactor, seconds: number, action: () => void): () => void {
  const time = virtualTimeOf(reactor);
  if (time === undefined) {
    const call = reactor.callLater(seconds, action);
    return () => {
      if (call.active) call.cancel();
    };
  }
  const happening = time.happen(seconds, "a pool looks for idle workers", action);
  happening.background = true;
  return () => happening.cancel();
}
