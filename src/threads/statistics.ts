export interface ThreadPoolStatistics {
  /** Workers there are. */
  readonly workers: number;
  /** Those of them that run a call. */
  readonly working: number;
  /** Calls that wait for a worker, in the queue or inside a worker behind another call. */
  readonly queued: number;
  /** Calls that have returned or thrown, so far. */
  readonly finished: number;
  /** Workers that have died, or were ended in the middle of a call. */
  readonly lost: number;
  /** Workers that were replaced after so many calls, or megabytes. */
  readonly recycled: number;
}
