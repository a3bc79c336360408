/** setTimeout and its like, wherever Node has them. */
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { session } from "./active.ts";
import { isCalledByHarness } from "./leak-origin.ts";
import type { Patches } from "./patches.ts";
import {
  intervalPromises,
  timerPromise,
  type StartTimer,
  type TimerOptions,
} from "./timer-promises.ts";
import { type Callback, type TimerKind, VirtualTimer } from "./timers.ts";

type Start = (callback: Callback, ...rest: unknown[]) => unknown;
type Real = (...args: unknown[]) => never;

const KINDS: readonly TimerKind[] = ["setTimeout", "setInterval", "setImmediate"];
const CLEARS = ["clearTimeout", "clearInterval", "clearImmediate"] as const;

export function patchTimers(patches: Patches): void {
  patchPromises(patches);
  for (const kind of KINDS) {
    const start = (real: Start): Start => {
      const virtual: Start = (callback, ...rest) => {
        const active = session();
        // What Node has to say against it, Node says.
        if (active === undefined || typeof callback !== "function" || isCalledByHarness(virtual)) {
          return real(callback, ...rest);
        }
        const [delayMs, args] = kind === "setImmediate" ? [0, rest] : [rest[0], rest.slice(1)];
        return active.timers.start(kind, callback, delayMs, args);
      };
      if (Object.hasOwn(real, promisify.custom)) {
        Object.defineProperty(virtual, promisify.custom, {
          enumerable: true,
          get: () => timersPromises[kind],
        });
      }
      return virtual;
    };
    patchBoth(patches, kind, start);
  }
  for (const name of CLEARS) {
    patchBoth(patches, name, (real: Real) => (handle: unknown) => {
      const found = typeof handle === "object" ? handle : session()?.timers.find(handle);
      if (found instanceof VirtualTimer) found.close();
      else real(handle);
    });
  }
  patches.method(AbortSignal, "timeout", (real: Real) => (delayMs: unknown) => {
    const active = session();
    if (active === undefined || !(Number.isSafeInteger(delayMs) && (delayMs as number) >= 0)) {
      return real(delayMs);
    }
    const controller = new AbortController();
    const abort = (): void => {
      const message = "The operation was aborted due to timeout";
      controller.abort(new DOMException(message, "TimeoutError"));
    };
    active.timers.start("setTimeout", abort, delayMs, []).unref();
    return controller.signal;
  });
}

/** The global, and node:timers' own, which are one function. */
function patchBoth<F>(patches: Patches, name: (typeof CLEARS)[number] | TimerKind, make: F): void {
  let made: unknown;
  for (const owner of [globalThis, timers]) {
    patches.method(owner, name, (real) => (made ??= (make as (real: unknown) => unknown)(real)));
  }
}

function patchPromises(patches: Patches): void {
  patchPromise(patches, timersPromises, "setTimeout", 2, (start, [delayMs, value], options) =>
    timerPromise(start, "setTimeout", delayMs, value, options),
  );
  patchPromise(patches, timersPromises, "setImmediate", 1, (start, [value], options) =>
    timerPromise(start, "setImmediate", 0, value, options),
  );
  patchPromise(patches, timersPromises, "setInterval", 2, (start, [delayMs, value], options) =>
    intervalPromises(start, delayMs, value, options),
  );
  const scheduler = Object.getPrototypeOf(timersPromises.scheduler) as object;
  patchPromise(patches, scheduler, "wait", 1, (start, [delayMs], options) =>
    timerPromise(start, "setTimeout", delayMs, undefined, options),
  );
  patchPromise(patches, scheduler, "yield", 0, (start) =>
    timerPromise(start, "setImmediate", 0, undefined),
  );
}

type MakePromise = (start: StartTimer, args: unknown[], options?: TimerOptions) => unknown;

/** @param at where its options are among the arguments. */
function patchPromise(
  patches: Patches,
  owner: object,
  name: string,
  at: number,
  make: MakePromise,
): void {
  patches.method(
    owner,
    name,
    (real: Real) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const active = session();
        const options = args[at];
        // What Node has to say against its options, Node says.
        if (active === undefined || isWrong(options)) return Reflect.apply(real, this, args);
        const start: StartTimer = (kind, callback, delayMs) =>
          active.timers.start(kind, callback, delayMs, []);
        return make(start, args, options as TimerOptions | undefined);
      },
  );
}

/** Options that Node refuses. */
function isWrong(options: unknown): boolean {
  if (options === undefined) return false;
  if (typeof options !== "object" || options === null) return true;
  const { signal, ref } = options as { signal?: unknown; ref?: unknown };
  const isSignal = signal === undefined || signal instanceof AbortSignal;
  return !isSignal || (ref !== undefined && typeof ref !== "boolean");
}
