import type { ReactorCore, ReactorTime } from "./capabilities.ts";
import { internalsOf } from "./internals.ts";

/** 2000-01-01T00:00:00Z: when virtual time begins, as `skein/virtual` has it too. */
export const VIRTUAL_EPOCH_SECONDS = 946_684_800;

/**
 * What time it is, in seconds since 1970: for logs, and for answers to people. It may be set, even
 * back: to measure how long something takes, ask `reactor.seconds()`.
 *
 * On `clock` virtual time begins with the year 2000. A backend of another make says it by
 * `wallSeconds()` of its driver; of one that does not, this is the reactor's own clock.
 *
 * ```ts
 * import { createReactor, wallSeconds } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * await reactor.advance(3600);
 * console.log(new Date(wallSeconds(reactor) * 1000).toISOString()); // → 2000-01-01T01:00:00.000Z
 * ```
 */
export function wallSeconds(reactor: ReactorCore & Partial<ReactorTime>): number {
  return internalsOf(reactor)?.wallSeconds() ?? reactor.seconds?.() ?? 0;
}
