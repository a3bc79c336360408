import type { DelayedCall, Reactor } from "skein/reactor";

/**
 * Makes the global setTimeout() a delayed call of the reactor, for libraries that look it up when
 * they need it. Returns the way back.
 */
export function replaceTimers(reactor: Reactor): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const calls = new WeakMap<object, DelayedCall>();
  Object.assign(globalThis, {
    setTimeout(action: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]): object {
      const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
      calls.set(
        handle,
        reactor.callLater(Math.max(delayMs, 1) / 1000, () => action(...args)),
      );
      return handle;
    },
    clearTimeout(handle: object | undefined): void {
      const call = typeof handle === "object" ? calls.get(handle) : undefined;
      if (call?.active === true) call.cancel();
    },
  });
  return () => Object.assign(globalThis, { setTimeout, clearTimeout });
}
