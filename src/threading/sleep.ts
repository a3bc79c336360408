/**
 * The one place where a thread sleeps, and reads a clock: the threads that may sleep are not those
 * of a reactor, and have no virtual time.
 */

/** So many milliseconds may a thread that must not sleep wait for another to get on. */
const SHORT_MS = 5;

/** When something has to be done: milliseconds of the real clock. */
export type Deadline = number;

/** @param seconds from now; never unless given. */
export function deadlineIn(seconds: number = Infinity): Deadline {
  return seconds === Infinity ? Infinity : performance.now() + seconds * 1000;
}

/** How many seconds are left until then; undefined for a time that never comes. */
export function secondsLeft(until: Deadline): number | undefined {
  return until === Infinity ? undefined : Math.max(0, (until - performance.now()) / 1000);
}

/** Sleeps until the word is notified, unless it is no longer `seen`; false when time is up. */
export function sleep(words: Int32Array, at: number, seen: number, until: Deadline): boolean {
  const left = until === Infinity ? Infinity : until - performance.now();
  if (left <= 0) return false;
  Atomics.wait(words, at, seen, left);
  return true;
}

/** The same, for a moment, in any thread. */
export function nap(words: Int32Array, at: number, seen: number): void {
  Atomics.wait(words, at, seen, SHORT_MS);
}

interface Waiting {
  readonly async: boolean;
  readonly value: unknown;
}

/** Fulfilled when the word is notified; undefined if it is no longer `seen`. */
export function notified(
  words: Int32Array,
  at: number,
  seen: number,
): PromiseLike<unknown> | undefined {
  // It is of a later year than the library that this is compiled with.
  const atomics = Atomics as unknown as {
    waitAsync(words: Int32Array, at: number, seen: number): Waiting;
  };
  const waiting = atomics.waitAsync(words, at, seen);
  return waiting.async ? (waiting.value as PromiseLike<unknown>) : undefined;
}
