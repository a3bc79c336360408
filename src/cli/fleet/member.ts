import type { Deferred } from "../../defer/deferred.ts";

/** How a process has ended: by a status, or by a signal. */
export interface MemberEnd {
  readonly status: number | null;
  readonly signal: string | null;
}

/** One process of a fleet, as its supervisor sees it. */
export interface Member {
  /** 1, 2, 3, … in the order of the starts: none has the number of another. */
  readonly id: number;
  readonly pid: number | undefined;
  /** Fires when its daemon has started. One that ends before never does. */
  readonly ready: Deferred<void>;
  /** Fires when it has ended. */
  readonly ended: Deferred<MemberEnd>;
  /** Whether it can be asked. */
  readonly reachable: boolean;
  /** Asks whether it turns. Fires when it answers, or never. */
  turns(): Deferred<void>;
  /** Has it stop as a daemon does on a signal. */
  stop(): void;
  /** The same, but connections that others have made get time to end by themselves. */
  retire(): void;
  /** Ends it at once. */
  kill(): void;
}

/** For messages: "status 1", "SIGKILL". */
export function describeEnd({ status, signal }: MemberEnd): string {
  return signal ?? `status ${status}`;
}
