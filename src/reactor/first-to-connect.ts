import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { FailureGroup } from "../defer/race.ts";
import type { DelayedCall, ReactorTime } from "./capabilities.ts";

/** Long enough for an answer from most places, short enough for people not to notice. */
export const ATTEMPT_DELAY_SECONDS = 0.3;

/**
 * "Happy eyeballs": begins the attempts in their order, each `delaySeconds` after the one before,
 * or as soon as any has failed, until one succeeds. Fires with the value of that one; the others
 * are cancelled, and those that have not begun never do. Fails with FailureGroup, whose failures
 * are in the order of the attempts, when all have failed. Cancelling it cancels them all.
 */
export function firstToConnect<T>(
  clock: Pick<ReactorTime, "callLater">,
  delaySeconds: number,
  attempts: readonly (() => Deferred<T>)[],
): Deferred<T> {
  const underWay = new Set<Deferred<T>>();
  const failures: Failure[] = [];
  let begun = 0;
  let failed = 0;
  let over = false;
  let timer: DelayedCall | undefined;

  const end = (): void => {
    over = true;
    if (timer?.active === true) timer.cancel();
    for (const attempt of underWay) attempt.cancel();
  };
  const result = new Deferred<T>(end);

  const begin = (): void => {
    const index = begun++;
    if (timer?.active === true) timer.cancel();
    if (begun < attempts.length) timer = clock.callLater(delaySeconds, begin);
    const attempt: Deferred<T> = maybeDeferred(attempts[index] as () => Deferred<T>);
    underWay.add(attempt);
    attempt.addCallbacks(
      (value) => {
        underWay.delete(attempt);
        if (over) return;
        end();
        result.callback(value);
      },
      (failure) => {
        underWay.delete(attempt);
        failures[index] = failure;
        failed++;
        if (over) return;
        if (begun < attempts.length) begin();
        else if (failed === attempts.length) {
          over = true;
          result.errback(new FailureGroup(failures));
        }
      },
    );
  };
  begin();
  return result;
}
