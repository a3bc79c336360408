/** What is shown of a daemon, made of two snapshots: rates are differences. */
import type { ProcessStatistics } from "../../application/process-statistics.ts";
import type { Snapshot } from "../control/snapshot.ts";

/** One process. What is not known (yet) is null. */
export interface ProcessView {
  readonly id: number;
  readonly pid: number | null;
  readonly state: "running" | "starting" | "stopping" | "busy";
  readonly upSeconds: number | null;
  /** 1 is one whole processor. */
  readonly cpu: number | null;
  readonly residentBytes: number | null;
  readonly heapBytes: number | null;
  readonly delayMeanSeconds: number | null;
  readonly delayMaxSeconds: number | null;
  readonly receivedPerSecond: number | null;
  readonly sentPerSecond: number | null;
  /** By kind: "connection", "delayed call". */
  readonly open: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** @param before the snapshot before this one, if there was one. */
export function viewOf(snapshot: Snapshot, before: Snapshot | undefined): ProcessView[] {
  return snapshot.processes.map(({ id, pid, ready, statistics: now }) => {
    const then = before?.processes.find((process) => process.pid === pid)?.statistics;
    return {
      id,
      pid: pid ?? null,
      state: stateOf(ready, now),
      upSeconds: now?.upSeconds ?? null,
      residentBytes: now?.residentBytes ?? null,
      heapBytes: now?.heapBytes ?? null,
      delayMeanSeconds: then === undefined ? null : (now?.loopDelay.meanSeconds ?? null),
      delayMaxSeconds: then === undefined ? null : (now?.loopDelay.maxSeconds ?? null),
      cpu: rate(now, then, "cpuSeconds"),
      receivedPerSecond: rate(now, then, "bytesReceived"),
      sentPerSecond: rate(now, then, "bytesSent"),
      open: now?.open ?? {},
      gauges: now?.gauges ?? {},
    };
  });
}

function stateOf(ready: boolean, now: ProcessStatistics | undefined): ProcessView["state"] {
  if (!ready) return "starting";
  if (now === undefined) return "busy";
  return now.running ? "running" : "stopping";
}

function rate(
  now: ProcessStatistics | undefined,
  then: ProcessStatistics | undefined,
  of: "cpuSeconds" | "bytesReceived" | "bytesSent",
): number | null {
  if (now === undefined || then === undefined) return null;
  const seconds = now.upSeconds - then.upSeconds;
  return seconds > 0 ? Math.max(0, now[of] - then[of]) / seconds : null;
}
