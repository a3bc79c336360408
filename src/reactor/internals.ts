/** What skein's own folders may know of a reactor, beyond what its users see. */
import { BadOptionError } from "../core/errors.ts";
import type { Loop } from "./backend.ts";
import type { Capability, ReactorCore } from "./capabilities.ts";
import { NoCapabilityError } from "./errors.ts";

export interface Internals {
  /** The reactor, as its backend sees it. */
  readonly loop: Loop;
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
