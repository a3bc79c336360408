/** Runs one daemon on one backend until it stops. */
import { runBuilt } from "../application/start-daemon.ts";
import type { Failure } from "../defer/failure.ts";
import { logger } from "../log/logger.ts";
import type { Backend } from "../reactor/backend.ts";
import { createReactor } from "../reactor/index.ts";
import { whyStalled } from "../reactor/stalled.ts";
import { stopIfRunning } from "../reactor/stop-if-running.ts";
import { stopOnSignals, type SignalledProcess } from "../task/signals.ts";
import { attend } from "./attend.ts";
import { codeOf, complain, OK } from "./complain.ts";
import { memberId } from "./fleet/membership.ts";
import type { LoadedBackend, LoadedDaemon } from "./load.ts";
import type { RunOptions } from "./options.ts";
import type { ProcessSetup } from "./process-setup.ts";

/** Resolves with the exit status: whether it started, and stopped, well. */
export async function runDaemon(
  backend: LoadedBackend,
  daemon: LoadedDaemon,
  options: object,
  launched: RunOptions,
  { log, identity, release }: ProcessSetup,
): Promise<number> {
  const { until, drain, seed } = launched;
  const reactor = createReactor(backend as unknown as Backend, {
    ...(drain !== undefined && { drainSeconds: drain }),
    ...(seed !== undefined && { seed }),
  });
  const detach = log.attach(reactor);
  const signals = stopOnSignals(reactor, ending(release), (signal) => {
    // Of many processes the first one says it.
    if (memberId() === undefined) {
      console.error(`reactor: ${signal}: stopping; once more to stop at once`);
    }
  });
  let status = OK;
  const failed = (error: unknown): void => {
    status = complain(error);
    if (log.file !== undefined) logger(reactor).error("the daemon has failed", { error });
  };
  const attendants = await attend(reactor, launched, (error) => {
    failed(error);
    stopIfRunning(reactor);
  });
  let started = false;
  let stopping = false;
  reactor.addSystemEventTrigger("before", "shutdown", () => {
    stopping = true;
    const stalled = started ? undefined : whyStalled(reactor, "the start of the daemon");
    if (stalled !== undefined) failed(stalled);
  });
  try {
    const stopped = reactor.run();
    const onStopFailure = (failure: Failure): void => failed(failure.value);
    const dropPrivileges = async (): Promise<void> => {
      if (identity === undefined) return;
      await attendants.becoming(identity);
      identity.become();
    };
    const running = { onStopFailure, ...(identity !== undefined && { dropPrivileges }) };
    runBuilt(reactor, () => daemon(reactor, options), running)
      .addCallback(() => {
        started = true;
        return attendants.started();
      })
      .addErrback((failure) => {
        // A start that the stop has cut short has not failed.
        if (stopping && codeOf(failure.value) === "ERR_CANCELLED") return;
        // Said at once: the way down may take its time.
        failed(failure.value);
        stopIfRunning(reactor);
      });
    if (until !== undefined) reactor.callLater(until, () => stopIfRunning(reactor));
    await stopped;
  } catch (error) {
    if (status === OK) failed(error);
  }
  await attendants.over();
  detach();
  const signal = signals.restore();
  release();
  // Whoever sent the signal sees that it was obeyed.
  if (status === OK && signal !== undefined) process.kill(process.pid, signal);
  return status;
}

/** The process, which leaves nothing behind when it ends itself by a signal. */
function ending(release: () => void): SignalledProcess {
  return {
    pid: process.pid,
    on: (event, listener) => process.on(event, listener),
    off: (event, listener) => process.off(event, listener),
    kill(pid, signal) {
      release();
      process.kill(pid, signal);
    },
  };
}
