import type { ReactorCore, ReactorFromThreads } from "../reactor/capabilities.ts";
import { stopIfRunning } from "./stop.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGBREAK"] as const;
type StopSignal = (typeof SIGNALS)[number];

/**
 * The first signal stops the reactor, the second ends the process at once.
 *
 * @returns a way to give the signals back, which tells the one that came.
 */
export function stopOnSignals(reactor: ReactorCore & ReactorFromThreads): {
  restore(): StopSignal | undefined;
} {
  let received: StopSignal | undefined;
  const restore = (): StopSignal | undefined => {
    for (const signal of SIGNALS) process.off(signal, stop);
    return received;
  };
  const stop = (signal: StopSignal): void => {
    if (received !== undefined) {
      restore();
      process.kill(process.pid, signal);
      return;
    }
    received = signal;
    console.error(`reactor: ${signal}: stopping; once more to stop at once`);
    reactor.callFromThread(() => stopIfRunning(reactor));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { restore };
}
