import type { Deferred } from "./deferred.ts";

/** Told of a Deferred whose `then` is called; what it returns is called when it has its result. */
export type AwaitListener = (deferred: Deferred<unknown>) => (() => void) | undefined;

/** Whoever keeps account of what is awaited, if somebody does. */
export let awaitListener: AwaitListener | undefined;

export function listenToAwaits(listener: AwaitListener): void {
  awaitListener = listener;
}
