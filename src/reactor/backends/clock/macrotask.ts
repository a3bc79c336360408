/**
 * Resolves in a new macrotask, when every promise (and in Node every nextTick) that could settle
 * has settled. It is the one real scheduling the clock does: it orders, and measures no time.
 */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => schedule(resolve));
}

declare const setImmediate: ((action: () => void) => unknown) | undefined;

const schedule: (action: () => void) => unknown =
  typeof setImmediate === "function" ? setImmediate : (action) => setTimeout(action, 0);
