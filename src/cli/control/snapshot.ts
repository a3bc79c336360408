import type { MemberReport } from "../fleet/report-all.ts";

/** How a daemon fares: all of its processes, at one time. A line of JSON on the control socket. */
export interface Snapshot {
  readonly processes: readonly MemberReport[];
}

/** What the control socket says, in place of a snapshot, before it closes the connection. */
export interface Refusal {
  readonly error: string;
}

/** What is asked for: a snapshot now, and one every so many seconds. */
export interface WatchRequest {
  readonly every: number;
}
