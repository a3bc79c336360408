import { Deferred } from "../defer/deferred.ts";
import type { Loop } from "./backend.ts";

/**
 * Opens something when the reactor runs, so that nothing open lives before or after a run; in a
 * backend `open` calls nothing back before it returns. Cancelling reaches what `open` returned.
 */
export function whenRunning<T>(loop: Loop, open: () => Deferred<T>): Deferred<T> {
  let opening: Deferred<T> | undefined;
  const opened = new Deferred<T>(() => opening?.cancel());
  loop.callWhenRunning(() => {
    if (opened.called) return;
    opening = open();
    opening.addBoth((result) => opened.callback(result));
  });
  return opened;
}
