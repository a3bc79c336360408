import type { ReactorCore } from "../reactor/capabilities.ts";
import { NoCapabilityError } from "../reactor/errors.ts";
import { observeRuns } from "../reactor/run-observers.ts";
import { virtualTimeOf } from "../reactor/virtual-time.ts";
import { BACKENDS } from "./globals.ts";
import type { NetworkReactor } from "./reactor-in-waiting.ts";
import { Session, type VirtualOptions } from "./session.ts";
import { assertNobodyHasThem, virtualGlobals, type VirtualGlobals } from "./virtual-globals.ts";

/**
 * Has the timers, clocks, chance, names and sockets of the whole process follow a reactor on
 * virtual time, until they are restored. What libraries use of the real world meanwhile, while the
 * reactor runs, is a leak: run(), or the advance() that lets time pass, fails with a
 * VirtualLeakError.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { installVirtualGlobals } from "skein/virtual/api";
 *
 * const reactor = createReactor("clock");
 * const globals = installVirtualGlobals(reactor);
 * setInterval(() => console.log(new Date().toISOString()), 3600_000);
 * // → 2000-01-01T01:00:00.000Z
 * // → 2000-01-01T02:00:00.000Z
 * await reactor.advance(2.5 * 3600);
 * globals.restore();
 * ```
 *
 * A library that was loaded before has Node's own functions where it keeps them: load it after
 * this, or after `hookGlobals()`.
 *
 * @throws NoCapabilityError for a reactor that is not on virtual time; BadOptionError while the
 *   globals follow another, and for options that cannot work.
 */
export function installVirtualGlobals(
  reactor: ReactorCore,
  options: VirtualOptions = {},
): VirtualGlobals {
  const time = virtualTimeOf(reactor);
  if (time === undefined) {
    throw new NoCapabilityError("installVirtualGlobals()", reactor.backend, "clock", BACKENDS);
  }
  assertNobodyHasThem();
  const own = new Session(time, options);
  own.moveTo(time, reactor as NetworkReactor);
  const unobserve = observeRuns({
    began: (other) => {
      if (other === reactor) own.leaks.start();
    },
    ended: (other) => {
      if (other === reactor) own.leaks.stop();
    },
  });
  const globals = virtualGlobals(own, unobserve);
  if (isRunning(reactor)) own.leaks.start();
  return globals;
}

/** Whether run() was called, even if it has not started yet. */
function isRunning(reactor: ReactorCore): boolean {
  return reactor.running || (reactor as ReactorCore & { nextWake(): number }).nextWake() < Infinity;
}
