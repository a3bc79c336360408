/** Runs one daemon on one backend until it stops. */
import { BadOptionError, messageOf, SkeinError } from "../core/errors.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { NoCapabilityError } from "../reactor/errors.ts";
import { createReactor } from "../reactor/index.ts";
import type { LoadedBackend, LoadedDaemon } from "./load.ts";
import { stopOnSignals } from "./signals.ts";
import { stopIfRunning } from "./stop.ts";
import { UsageError } from "./usage-error.ts";

export interface RunOptions {
  /** Stop after so many seconds of the reactor's time. */
  readonly until: number | undefined;
}

/** Resolves with whether it started, and stopped, well. @throws UsageError */
export async function runDaemon(
  backend: LoadedBackend,
  daemon: LoadedDaemon,
  options: object,
  { until }: RunOptions,
): Promise<boolean> {
  const reactor = createReactor<never>(backend as never);
  const signals = stopOnSignals(reactor);
  let failed: unknown;
  try {
    const stopped = reactor.run();
    maybeDeferred(daemon, reactor, options).addErrback((failure) => {
      failed = failure.value;
      stopIfRunning(reactor);
    });
    if (until !== undefined) reactor.callLater(until, () => stopIfRunning(reactor));
    await stopped;
  } catch (error) {
    failed ??= error;
  }
  const signal = signals.restore();

  if (failed instanceof NoCapabilityError || failed instanceof BadOptionError) {
    throw new UsageError(messageOf(failed));
  }
  if (failed !== undefined) {
    console.error(failed instanceof SkeinError ? `reactor: ${failed.message}` : failed);
    return false;
  }
  // Whoever sent the signal sees that it was obeyed.
  if (signal !== undefined) process.kill(process.pid, signal);
  return true;
}
