import type { ReactorCore } from "../reactor/capabilities.ts";
import { observeRuns } from "../reactor/run-observers.ts";
import { virtualTimeOf } from "../reactor/virtual-time.ts";
import { activate } from "./active.ts";
import { REAL_TIME } from "./real-time.ts";
import type { NetworkReactor } from "./reactor-in-waiting.ts";
import { Session, type VirtualOptions } from "./session.ts";
import { assertNobodyHasThem, virtualGlobals, type VirtualGlobals } from "./virtual-globals.ts";
import { WaitingTime } from "./waiting-time.ts";

/**
 * Has the globals of the whole process be virtual from now on, before there is a reactor: they
 * follow the one that runs. Before the first run, and after each, timers and sockets wait for the
 * next (see {@link WaitingTime}). While a reactor on another backend runs, everything is real.
 *
 * @throws BadOptionError while the globals follow another, and for options that cannot work.
 */
export function followReactors(options: VirtualOptions = {}): VirtualGlobals {
  assertNobodyHasThem();
  const waiting = new WaitingTime();
  const own = new Session(waiting, options);
  waiting.begin();
  /** Those that run, in the order of their starts. */
  const running = new Set<ReactorCore>();
  let followed: ReactorCore | undefined;

  const follow = (reactor: ReactorCore | undefined): void => {
    if (followed !== undefined) own.leaks.stop();
    followed = reactor;
    const time = reactor === undefined ? waiting : virtualTimeOf(reactor);
    activate(time === undefined ? undefined : own);
    own.moveTo(time ?? REAL_TIME, reactor as NetworkReactor | undefined);
    if (reactor !== undefined && time !== undefined) own.leaks.start();
  };
  const unobserve = observeRuns({
    began(reactor) {
      running.add(reactor);
      if (followed === undefined) follow(reactor);
    },
    ended(reactor) {
      running.delete(reactor);
      if (reactor !== followed) return;
      const [next] = running;
      follow(next);
    },
  });
  return virtualGlobals(own, () => {
    unobserve();
    waiting.end();
  });
}
