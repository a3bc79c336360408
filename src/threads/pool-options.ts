import { BadOptionError } from "../core/errors.ts";
import { fail } from "../defer/fired.ts";
import type { RemoteFunction, Substrate } from "../reactor/workers.ts";

export interface ThreadPoolOptions {
  /** The most workers at a time; they are started as they are needed. 4 unless given. */
  max?: number;
  /** The fewest: they are started with the pool, and never left to end. 0 unless given. */
  min?: number;
  /** How many calls may wait for a worker; 10,000 unless given. With 0 none may. */
  maxQueued?: number;
  /** A worker with nothing to do for so many seconds is ended; 60 unless given. */
  idleSeconds?: number;
  /** A worker is replaced after so many calls; never unless given. */
  callsPerWorker?: number;
  /** A worker that holds more memory is replaced, after the call; never unless given. */
  megabytesPerWorker?: number;
  /** A worker with a larger heap dies in the middle of its call; the platform's limit, else. */
  heapMegabytesMax?: number;
  /** Seconds in which a call has to end, from when it was made; no limit unless given. */
  timeout?: number;
  /** Seconds that a call has, when it is cancelled, whose function asked for its signal; 5. */
  cancelGraceSeconds?: number;
  /**
   * Told of a worker that died with nothing to do, of an error that a call has left behind, say.
   * Unless given, such an error is reported as one of nobody.
   */
  onWorkerLost?: (error: Error) => void;
  /**
   * A function, and its arguments, that each worker calls before its first call, and awaits: to
   * open a database, say. If it fails, so does the call that it was called for, and the next one
   * tries again. Its arguments go with every call: let them be small.
   */
  initializer?: readonly [f: RemoteFunction, ...args: unknown[]];
  /** What the workers are: "threads" unless given, or "processes". */
  substrate?: Substrate;
}

/** For these, being left out is a value of its own. */
type MayLack = "heapMegabytesMax" | "initializer";

export type PoolSettings = Required<Omit<ThreadPoolOptions, MayLack>> &
  Pick<ThreadPoolOptions, MayLack>;

/** @throws BadOptionError */
export function settingsOf(options: ThreadPoolOptions): PoolSettings {
  const settings: PoolSettings = {
    max: 4,
    min: 0,
    maxQueued: 10_000,
    idleSeconds: 60,
    callsPerWorker: Infinity,
    megabytesPerWorker: Infinity,
    timeout: Infinity,
    cancelGraceSeconds: 5,
    substrate: "threads",
    onWorkerLost: (error) => void fail(error),
    ...options,
  };
  const { max, min, maxQueued, callsPerWorker, megabytesPerWorker, heapMegabytesMax } = settings;
  check(isCount(max, 1), `a pool needs 1 or more workers, not ${max}`);
  check(isCount(min, 0) && min <= max, `a pool has 0 to ${max} workers at the least, not ${min}`);
  check(isCount(maxQueued, 0), `0 or more calls can wait for a worker, not ${maxQueued}`);
  check(
    callsPerWorker === Infinity || isCount(callsPerWorker, 1),
    `a worker is replaced after 1 or more calls, not ${callsPerWorker}`,
  );
  check(
    megabytesPerWorker > 0,
    `a worker can hold more than 0 megabytes, not ${megabytesPerWorker}`,
  );
  check(
    heapMegabytesMax === undefined || (heapMegabytesMax > 0 && heapMegabytesMax < Infinity),
    `a heap can have more than 0 megabytes, not ${heapMegabytesMax}`,
  );
  for (const name of ["idleSeconds", "timeout", "cancelGraceSeconds"] as const) {
    check(settings[name] >= 0, `${name} must be 0 or more seconds, not ${settings[name]}`);
  }
  check(
    ["threads", "processes"].includes(settings.substrate),
    `workers are "threads" or "processes", not "${settings.substrate}"`,
  );
  return settings;
}

function isCount(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}

function check(good: boolean, message: string): void {
  if (!good) throw new BadOptionError(message);
}
