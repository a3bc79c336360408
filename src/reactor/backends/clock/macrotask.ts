import { unwatched } from "../../../core/unwatched.ts";

/**
 * Resolves in a new macrotask, when every promise (and in Node every nextTick) that could settle
 * has settled. It is the one real scheduling the clock does: it orders, and measures no time.
 */
export function macrotask(): Promise<void> {
  return inMacrotask(nothing);
}

/** Calls `action`, which must not throw, from an empty stack: in Node, nextTicks come behind it. */
export function inMacrotask(action: () => void): Promise<void> {
  const later = (schedule ??= chooseSchedule());
  pending++;
  return new Promise((resolve) => {
    unwatched(() =>
      later(() => {
        pending--;
        action();
        resolve();
      }),
    );
  });
}

/**
 * Whether a setImmediate of somebody else's has not run yet: what it belongs to goes on. Of those
 * that were unref'ed, and on platforms that do not tell, nothing is known.
 */
export function immediatesWait(): boolean {
  const { process } = globalThis as { process?: { getActiveResourcesInfo?(): string[] } };
  const resources = process?.getActiveResourcesInfo?.();
  if (resources === undefined) return false;
  return resources.filter((kind) => kind === "Immediate").length > pending;
}

function nothing(): void {}

/** Those of {@link macrotask} that have not run, of all clocks. */
let pending = 0;

declare const setImmediate: ((action: () => void) => unknown) | undefined;

type Schedule = (action: () => void) => unknown;

/** In browsers a message, as they delay timers that follow one another. */
function byMessages(): Schedule {
  const { port1, port2 } = new MessageChannel();
  const actions: (() => void)[] = [];
  port1.addEventListener("message", () => actions.shift()?.());
  port1.start();
  return (action) => {
    actions.push(action);
    port2.postMessage(undefined);
  };
}

let schedule: Schedule | undefined;
/** As it is when this is loaded: later it may be a virtual one, which waits for the clock. */
const realSetImmediate = typeof setImmediate === "function" ? setImmediate : undefined;

function chooseSchedule(): Schedule {
  if (realSetImmediate !== undefined) return realSetImmediate;
  if (typeof MessageChannel === "function") return byMessages();
  return (action) => setTimeout(action, 0);
}
