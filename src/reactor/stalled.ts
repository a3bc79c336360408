import type { ReactorCore, ReactorTime } from "./capabilities.ts";
import { StalledError } from "./errors.ts";
import { virtualTimeOf } from "./virtual-time.ts";

/** So many of the things that are open are named. */
const NAMED_MAX = 3;

/**
 * Why `what`, which has not ended, never will: the reactor stops as nothing was left to happen on
 * its virtual time. Undefined if it stops, or has stopped, for another reason, and in real time,
 * where something may come from outside at any time. To be asked as it begins to stop: what is open
 * then is named, as that is what could have made something happen.
 */
export function whyStalled(
  reactor: ReactorCore & ReactorTime,
  what: string,
): StalledError | undefined {
  if (virtualTimeOf(reactor)?.hasRunDry?.(reactor) !== true) return undefined;
  const open = reactor.inspect().map(({ kind, description }) => `${kind} ${description}`);
  const named = open.slice(0, NAMED_MAX).join(", ");
  const more = open.length > NAMED_MAX ? ` and ${open.length - NAMED_MAX} more` : "";
  return new StalledError(
    `${what} waits for what can never happen: at ${reactor.seconds()} s nothing is left to ` +
      `happen on virtual time, where real timers and sockets do not count; ` +
      (open.length === 0 ? "nothing is open on the reactor" : `open are: ${named}${more}`),
  );
}
