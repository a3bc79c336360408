/** skein/reactor where there is no Node: the backends that need nothing of it. */
import { clock } from "./backends/clock/clock.ts";
import { timer } from "./backends/timer/timer.ts";
import { type CreateReactor, reactorMaker } from "./registry.ts";

export const backends: { timer: typeof timer; clock: typeof clock } = { timer, clock };

export const createReactor: CreateReactor<typeof backends> = reactorMaker(backends);

export type { ClockReactorOptions } from "./backends/clock/clock.ts";
export { ClockWorld } from "./backends/clock/world.ts";
export * from "./public.ts";
