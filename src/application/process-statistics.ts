import type { Reactor } from "../reactor/capabilities.ts";
import { type LoopDelays, LoopDelayProbe } from "../reactor/loop-delay.ts";
import { type ReactorStatistics, statisticsOf } from "../reactor/statistics.ts";

/** How a daemon's process fares. */
export interface ProcessStatistics extends ReactorStatistics {
  readonly pid: number;
  /** Since the process has started. */
  readonly upSeconds: number;
  /** Processor time that it has used since then. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** How late the loop was, since somebody has last asked. */
  readonly loopDelay: LoopDelays;
}

/** A probe for all who look at a reactor by this. */
const probes = new WeakMap<object, LoopDelayProbe>();

/** The numbers of a reactor, and of this process around it. */
export function processStatistics(reactor: Reactor): ProcessStatistics {
  const probe = probes.get(reactor) ?? newProbe(reactor);
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    ...statisticsOf(reactor),
    pid: process.pid,
    upSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    residentBytes: rss,
    heapBytes: heapUsed,
    loopDelay: probe.take(),
  };
}

function newProbe(reactor: Reactor): LoopDelayProbe {
  const probe = new LoopDelayProbe(reactor);
  probes.set(reactor, probe);
  reactor.addSystemEventTrigger("during", "shutdown", () => {
    probe.stop();
    probes.delete(reactor);
  });
  return probe;
}
