import type { Deferred } from "../../defer/deferred.ts";
import type { DelayedCall, ReactorTime } from "../../reactor/capabilities.ts";
import type { Member } from "./member.ts";

/**
 * So often a process may have not answered. The time is counted in turns of this process: if it is
 * this one that stood still, it hears the answers before it counts the next.
 */
const MISSES = 4;

/**
 * Asks a process, from when its daemon has started, whether it still turns. Calls `hung`, once,
 * when it has not answered for so many seconds; then, and when it has ended, it is asked no more.
 */
export function watchMember(
  clock: Pick<ReactorTime, "callLater">,
  member: Member,
  seconds: number,
  hung: () => void,
): void {
  let next: DelayedCall | undefined;
  let answer: Deferred<void> | undefined;
  let missed = 0;
  const look = (): void => {
    // It is on its way out.
    if (!member.reachable) return;
    if (answer === undefined || answer.called) {
      missed = 0;
      answer = member.turns();
    } else if (++missed === MISSES) {
      hung();
      return;
    }
    next = clock.callLater(seconds / MISSES, look);
  };
  member.ready.addCallback(look);
  member.ended.addCallback((end) => {
    if (next?.active === true) next.cancel();
    return end;
  });
}
