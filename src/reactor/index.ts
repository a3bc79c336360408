/** Reactors: one loop over a choice of backends. */
import { clock } from "./backends/clock/clock.ts";
import { libuv } from "./backends/libuv/libuv.ts";
import { timer } from "./backends/timer/timer.ts";
import { type CreateReactor, reactorMaker } from "./registry.ts";

/** The backends that can be named. */
export const backends: { libuv: typeof libuv; timer: typeof timer; clock: typeof clock } = {
  libuv,
  timer,
  clock,
};

/**
 * Makes a reactor on a backend: one of `libuv`, `timer` and `clock` by name, or any object that is
 * a {@link Backend}. Reactors are instances: there may be several, and each can be run again.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * reactor.callLater(3600, () => console.log(`an hour later: ${reactor.seconds()} s`));
 * await reactor.advance(7200); // → an hour later: 3600 s
 * ```
 */
export const createReactor: CreateReactor<typeof backends> = reactorMaker(backends);

export type { DNSOptions } from "./backends/libuv/dns-names.ts";
export type { LibuvOptions } from "./backends/libuv/libuv.ts";
export { SocketConnection } from "./backends/libuv/socket-connection.ts";
export type { ClockReactorOptions } from "./backends/clock/clock.ts";
export { ClockWorld } from "./backends/clock/world.ts";
export * from "./public.ts";
