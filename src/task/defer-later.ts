import type { Chained } from "../defer/chained.ts";
import { Deferred } from "../defer/deferred.ts";
import type { ReactorTime } from "../reactor/capabilities.ts";

/**
 * Calls `f` after `seconds`; the Deferred gets its outcome: what it returns or throws, or what the
 * Deferred or promise that it returns comes to. Cancelling it cancels the call, or that Deferred.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { deferLater } from "skein/task";
 *
 * const reactor = createReactor("clock");
 * deferLater(reactor, 60, () => "tea").addCallback((drink) => console.log(drink));
 * await reactor.advance(60); // → tea
 * ```
 *
 * @throws BadOptionError for a delay that is none.
 */
export function deferLater(clock: Pick<ReactorTime, "callLater">, seconds: number): Deferred<void>;
export function deferLater<A extends unknown[], R>(
  clock: Pick<ReactorTime, "callLater">,
  seconds: number,
  f: (...args: A) => R,
  ...args: A
): Deferred<Chained<R>>;
export function deferLater(
  clock: Pick<ReactorTime, "callLater">,
  seconds: number,
  f?: (...args: unknown[]) => unknown,
  ...args: unknown[]
): Deferred<unknown> {
  const deferred = new Deferred<void>(() => call.cancel());
  const call = clock.callLater(seconds, () => deferred.callback());
  return deferred.addCallback(() => f?.(...args));
}
