import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "./deferred.ts";
import { TimeoutError } from "./errors.ts";
import { AlreadyTryingToLockError } from "./filesystem-errors.ts";
import { FilesystemLock } from "./filesystem-lock.ts";
import { fail } from "./fired.ts";
import type { TimeoutClock } from "./timeout.ts";

const POLL_SECONDS = 1;

/**
 * A {@link FilesystemLock} that can be waited for. As the file system tells nobody that a lock has
 * become free, it looks again each second of the clock (a reactor).
 *
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { DeferredFilesystemLock, FilesystemLock } from "skein/defer";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * const name = join(mkdtempSync(join(tmpdir(), "sample-")), "daemon.lock");
 * const other = new FilesystemLock(name);
 * other.lock();
 *
 * const mine = new DeferredFilesystemLock(name, reactor);
 * mine.deferUntilLocked(60).addCallback(() => {
 *   console.log(`locked after ${reactor.seconds()} s`);
 *   mine.unlock();
 * });
 * reactor.callLater(2.5, () => other.unlock());
 * await reactor.advance(5);
 * // → locked after 3 s
 * ```
 */
export class DeferredFilesystemLock extends FilesystemLock {
  readonly #clock: TimeoutClock;
  #waiting = false;

  /** @throws NoFilesystemError where there are no files. */
  constructor(name: string, clock: TimeoutClock) {
    super(name);
    this.#clock = clock;
  }

  /**
   * Fires when this object holds the lock: at once, if it is free. Fails with TimeoutError after so
   * many seconds, with AlreadyTryingToLockError if it is waited for already, and with whatever
   * lock() throws. Cancelling gives up; a lock that was got is to be unlocked all the same.
   *
   * @throws BadOptionError for a timeout that is none.
   */
  deferUntilLocked(timeoutSeconds?: number): Deferred<void> {
    if (timeoutSeconds !== undefined && !(timeoutSeconds >= 0 && timeoutSeconds < Infinity)) {
      throw new BadOptionError(`a timeout must be 0 or more seconds, not ${timeoutSeconds}`);
    }
    if (this.#waiting) {
      return fail(new AlreadyTryingToLockError(`${this.name} is waited for already`));
    }

    const calls: ReturnType<TimeoutClock["callLater"]>[] = [];
    const stop = (): void => {
      this.#waiting = false;
      for (const call of calls) if (call.active) call.cancel();
    };
    const deferred = new Deferred<void>(stop);
    /** Whether that was the end of it. */
    const attempt = (): boolean => {
      try {
        if (!this.lock()) return false;
      } catch (error) {
        stop();
        deferred.errback(error);
        return true;
      }
      stop();
      deferred.callback();
      return true;
    };
    const poll = (): void => {
      if (!attempt()) calls[0] = this.#clock.callLater(POLL_SECONDS, poll);
    };

    this.#waiting = true;
    poll();
    if (timeoutSeconds !== undefined && !deferred.called) {
      calls[1] = this.#clock.callLater(timeoutSeconds, () => {
        if (attempt()) return;
        stop();
        const message = `${this.name} was not free within ${timeoutSeconds} seconds`;
        deferred.errback(new TimeoutError(message));
      });
    }
    return deferred;
  }
}
