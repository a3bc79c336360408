/** Runs one daemon on one backend until it stops. */
import { runBuilt } from "../application/start-daemon.ts";
import type { Failure } from "../defer/failure.ts";
import type { Backend } from "../reactor/backend.ts";
import { createReactor } from "../reactor/index.ts";
import { stopIfRunning } from "../reactor/stop-if-running.ts";
import { stopOnSignals } from "../task/signals.ts";
import { attend } from "./attend.ts";
import { codeOf, complain, OK } from "./complain.ts";
import { memberId } from "./fleet/membership.ts";
import type { LoadedBackend, LoadedDaemon } from "./load.ts";
import type { RunOptions } from "./options.ts";

/** Resolves with the exit status: whether it started, and stopped, well. */
export async function runDaemon(
  backend: LoadedBackend,
  daemon: LoadedDaemon,
  options: object,
  launched: RunOptions,
): Promise<number> {
  const { until, drain } = launched;
  const reactor = createReactor(backend as unknown as Backend, {
    ...(drain !== undefined && { drainSeconds: drain }),
  });
  const signals = stopOnSignals(reactor, process, (signal) => {
    // Of many processes the first one says it.
    if (memberId() === undefined) {
      console.error(`reactor: ${signal}: stopping; once more to stop at once`);
    }
  });
  let status = OK;
  const attendants = await attend(reactor, launched, (error) => {
    status = complain(error);
    stopIfRunning(reactor);
  });
  let stopping = false;
  reactor.addSystemEventTrigger("before", "shutdown", () => {
    stopping = true;
  });
  try {
    const stopped = reactor.run();
    const onStopFailure = (failure: Failure): void => {
      status = complain(failure.value);
    };
    runBuilt(reactor, () => daemon(reactor, options), { onStopFailure })
      .addCallback(() => attendants.started())
      .addErrback((failure) => {
        // A start that the stop has cut short has not failed.
        if (stopping && codeOf(failure.value) === "ERR_CANCELLED") return;
        // Said at once: the way down may take its time.
        status = complain(failure.value);
        stopIfRunning(reactor);
      });
    if (until !== undefined) reactor.callLater(until, () => stopIfRunning(reactor));
    await stopped;
  } catch (error) {
    status ||= complain(error);
  }
  await attendants.over();
  const signal = signals.restore();
  // Whoever sent the signal sees that it was obeyed.
  if (status === OK && signal !== undefined) process.kill(process.pid, signal);
  return status;
}
