import { BadOptionError } from "../core/errors.ts";
import { activate, session } from "./active.ts";
import { hookGlobals } from "./globals.ts";
import type { Leak } from "./leak-error.ts";
import type { Session } from "./session.ts";

/** A process whose globals follow a reactor. */
export interface VirtualGlobals {
  /** What was used of the real world so far, while the reactor ran. */
  readonly leaks: readonly Leak[];
  /**
   * Puts everything back; timers that wait are forgotten. More than one use does no harm.
   *
   * @throws VirtualLeakError for leaks that no advance() and no run() has failed with.
   */
  restore(): void;
  /** As {@link restore}: for `using`. */
  [Symbol.dispose](): void;
}

/** Those that somebody has, be they virtual at present or not. */
let present: VirtualGlobals | undefined;

/** For whoever tidies up behind a program that has not come to its end. */
export function presentGlobals(): VirtualGlobals | undefined {
  return present;
}

/** @throws BadOptionError while somebody has the globals. */
export function assertNobodyHasThem(): void {
  if (present === undefined) return;
  throw new BadOptionError("the globals follow a reactor already: restore them first");
}

/** Has the globals be virtual until they are restored; then it calls `undo` first. */
export function virtualGlobals(own: Session, undo: () => void): VirtualGlobals {
  const unhook = hookGlobals();
  activate(own);
  let restored = false;
  const restore = (): void => {
    if (restored) return;
    restored = true;
    undo();
    own.end();
    if (session() === own) activate(undefined);
    present = undefined;
    unhook();
    const wrong = own.leaks.verdict();
    if (wrong !== undefined) throw wrong;
  };
  present = {
    get leaks() {
      return own.leaks.leaks;
    },
    restore,
    [Symbol.dispose]: restore,
  };
  return present;
}
