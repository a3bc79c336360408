import type { ReactorCore, ReactorFromThreads } from "../reactor/capabilities.ts";
import { stopIfRunning } from "../reactor/stop-if-running.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGBREAK"] as const;
export type StopSignal = (typeof SIGNALS)[number];

/** What is needed of Node's `process`, to hear signals and to send them on. */
export interface SignalledProcess {
  readonly pid: number;
  on(event: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(event: StopSignal, listener: (signal: StopSignal) => void): unknown;
  kill(pid: number, signal: StopSignal): unknown;
}

/**
 * The first signal stops the reactor, the second ends the process at once.
 *
 * @param heard told of the first.
 * @returns a way to give the signals back, which tells the one that came.
 */
export function stopOnSignals(
  reactor: ReactorCore & ReactorFromThreads,
  process: SignalledProcess,
  heard: (signal: StopSignal) => void = () => {},
): { restore(): StopSignal | undefined } {
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
    heard(signal);
    reactor.callFromThread(() => stopIfRunning(reactor));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { restore };
}
