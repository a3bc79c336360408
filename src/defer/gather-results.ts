import { DeferredList } from "./deferred-list.ts";
import type { Deferred } from "./deferred.ts";

/** The values that several Deferreds have, as a tuple or array of the same shape. */
export type Gathered<D extends readonly Deferred<unknown>[]> = {
  -readonly [K in keyof D]: D[K] extends Deferred<infer T> ? T : never;
};

/**
 * The values of several Deferreds, in their order; fails with FirstError when one fails. The others
 * then go on (cancel them if they should not), and their failures are reported unless handled, or
 * `consumeErrors`.
 *
 * ```ts
 * import { gatherResults, succeed } from "skein/defer";
 *
 * gatherResults([succeed(1), succeed("two")]).addCallback(([one, two]) => {
 *   console.log(one + 1, two.length); // → 2 3
 * });
 * ```
 */
export function gatherResults<const D extends readonly Deferred<unknown>[]>(
  deferreds: D,
  options: { consumeErrors?: boolean } = {},
): Deferred<Gathered<D>> {
  return new DeferredList(deferreds, { ...options, fireOnOneErrback: true }).addCallback(
    (outcomes) => outcomes.map(([, value]) => value),
  ) as unknown as Deferred<Gathered<D>>;
}
