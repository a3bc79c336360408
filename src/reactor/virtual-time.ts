/**
 * Virtual time as those see it who put more on it than a reactor: `skein/virtual`, which has the
 * timers and clocks of a whole process follow it.
 */
import type { DelayedCall } from "./capabilities.ts";

/** Something that will happen. */
export interface Happening {
  /** Whether it keeps no run going: when nothing else is left to happen, it does not either. */
  background: boolean;
  /** Does no harm when it has happened, or was cancelled. */
  cancel(): void;
}

/** A timer as something that will happen; those in `background` keep no run going. */
export function happeningOf(timer: DelayedCall, background: WeakSet<DelayedCall>): Happening {
  return {
    get background() {
      return background.has(timer);
    },
    set background(yes) {
      if (yes) background.add(timer);
      else background.delete(timer);
    },
    cancel() {
      if (timer.active) timer.cancel();
    },
  };
}

/** Looks on while virtual time passes. */
export interface TimeWatcher {
  /** Whether something real is under way, for which virtual time stands still. */
  busy(): boolean;
  /** Told when time has moved on, before anything happens then. */
  moved?(): void;
  /** What went wrong since it was last asked: fails advance() and its like, or run(). */
  verdict(): Error | undefined;
}

export interface VirtualTime {
  seconds(): number;
  /**
   * When something is to happen next, where that is known; Infinity if nothing is, but for what is
   * in the background.
   */
  next?(): number;
  /** What chance begins from. */
  readonly seed: number | string;
  /**
   * Calls `action`, which must not throw, after `delaySeconds`: by itself, with all promises and
   * nextTicks settled before and after. What is due at the same time happens in the order of these
   * calls. `what` is for the trace.
   */
  happen(delaySeconds: number, what: string, action: () => void): Happening;
  /** Has it look on from now on; returns the way to end that. */
  watch(watcher: TimeWatcher): () => void;
  /** Whether the reactor's last run has ended, or is ending, as nothing was left to happen. */
  hasRunDry?(reactor: object): boolean;
  /** A port of the simulated network that is free, and will not be given to anybody else. */
  takePort?(): number;
}

const times = new WeakMap<object, VirtualTime>();

/** For a backend: `reactor` is on this time. */
export function offerVirtualTime(reactor: object, time: VirtualTime): void {
  times.set(reactor, time);
}

/** The time that a reactor is on; undefined where that is the real one. */
export function virtualTimeOf(reactor: object): VirtualTime | undefined {
  return times.get(reactor);
}
