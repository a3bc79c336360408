/** What skein's own folders may know of a reactor, beyond what its users see. */
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { Driver, Loop } from "./backend.ts";
import type { Capability, ReactorCore } from "./capabilities.ts";
import { NoCapabilityError } from "./errors.ts";
import type { Traffic } from "./traffic.ts";

export interface Internals {
  /** The reactor, as its backend sees it. */
  readonly loop: Loop;
  readonly driver: Driver;
  /** How many things of each kind `inspect()` would list. */
  readonly count: () => ReadonlyMap<string, number>;
  /** What time it is, in seconds since 1970. */
  readonly wallSeconds: () => number;
  /** Has errors that are reported, and that no `onError` gets, go there; returns the way back. */
  readonly logErrors: (log: (error: unknown, doing: string) => void) => () => void;
  readonly capabilities: ReadonlySet<string>;
  /** The names of the known backends that have a capability. */
  readonly backendsWith: (capability: string) => readonly string[];
}

const known = new WeakMap<ReactorCore, Internals>();

export function setInternals(reactor: ReactorCore, internals: Internals): void {
  known.set(reactor, internals);
}

/** Undefined of a reactor of somebody else's making. */
export function internalsOf(reactor: ReactorCore): Internals | undefined {
  return known.get(reactor);
}

/** @throws BadOptionError for what createReactor has not made. */
export function loopOf(reactor: ReactorCore): Loop {
  const loop = known.get(reactor)?.loop;
  if (loop !== undefined) return loop;
  throw new BadOptionError("this needs a reactor that createReactor() has made");
}

/** Whether it can do this; of a reactor of somebody else's making, that is taken for granted. */
export function hasCapability(reactor: ReactorCore, capability: Capability): boolean {
  return known.get(reactor)?.capabilities.has(capability) ?? true;
}

/** @throws NoCapabilityError, which says that `what` needs it. */
export function assertCapability(reactor: ReactorCore, capability: Capability, what: string): void {
  if (hasCapability(reactor, capability)) return;
  const available = known.get(reactor)?.backendsWith(capability) ?? [];
  throw new NoCapabilityError(what, reactor.backend, capability, available);
}

/**
 * Closes all that others connect to, and leaves their connections alone: fires when these have
 * ended by themselves, or after `seconds`, with how many are left. What the reactor has opened
 * itself stays, as do UDP ports. A backend that cannot do this has nothing to drain.
 */
export function drain(reactor: ReactorCore, seconds: number): Deferred<number> {
  return known.get(reactor)?.driver.drain?.(seconds) ?? succeed(0);
}

/**
 * How many things of each kind are open, or wait: what `inspect()` lists, counted, for those who
 * ask often.
 */
export function countOpen(reactor: ReactorCore): ReadonlyMap<string, number> {
  const count = known.get(reactor)?.count;
  if (count !== undefined) return count();
  const counts = new Map<string, number>();
  for (const { kind } of reactor.inspect()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Bytes that its connections have moved; none for a backend that does not count them. */
export function trafficOf(reactor: ReactorCore): Traffic {
  return known.get(reactor)?.driver.traffic?.() ?? { bytesReceived: 0, bytesSent: 0 };
}
