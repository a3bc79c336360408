/**
 * Who waits for a condition, by numbers alone. Nobody is notified by name: a notification may be
 * taken by any of those who waited when it was given. So one that gives up leaves it to another,
 * and loses it only when there is none.
 */
import { QueueFullError } from "../core/errors.ts";

/** How many words of memory they take. */
export const WAIT_COUNTS_WORDS = 3;

/** How many have come to wait, so far: each has a number. */
const COME = 0;
/** Those with a lower number were there when it was last notified. */
const LIMIT = 1;
/** How many wait without a notification, and how many notifications are to be taken. */
const BOTH = 2;

/** In one word, so that both change at once. */
const WAITING = 1 << 16;
const NOTIFICATIONS = WAITING - 1;

export class WaitCounts {
  readonly #words: Int32Array;
  readonly #first: number;

  constructor(words: Int32Array, first: number) {
    this.#words = words;
    this.#first = first;
  }

  /** Somebody is going to wait, and holds the lock; returns his number. @throws QueueFullError */
  enter(): number {
    const waiting = this.#both >>> 16;
    if (waiting === NOTIFICATIONS) {
      throw new QueueFullError(`${waiting} wait for the condition already`);
    }
    Atomics.add(this.#words, this.#first + BOTH, WAITING);
    return Atomics.add(this.#words, this.#first + COME, 1);
  }

  /** The holder of the lock notifies so many. */
  notify(count: number): void {
    Atomics.store(this.#words, this.#first + LIMIT, Atomics.load(this.#words, this.#first + COME));
    this.#change((both) => {
      const served = Math.min(count, both >>> 16);
      return both - served * WAITING + served;
    });
  }

  /** Takes a notification, if there is one that he may have. */
  take(number: number): boolean {
    // The numbers go round.
    const limit = Atomics.load(this.#words, this.#first + LIMIT);
    if (((number - limit) | 0) >= 0) return false;
    return this.#change((both) => ((both & NOTIFICATIONS) === 0 ? undefined : both - 1));
  }

  /** Somebody has given up. */
  leave(): void {
    this.#change((both) => {
      if (both >>> 16 > 0) return both - WAITING;
      return (both & NOTIFICATIONS) === 0 ? undefined : both - 1;
    });
  }

  get #both(): number {
    return Atomics.load(this.#words, this.#first + BOTH);
  }

  /** Changes the word, unless it is not to be changed. */
  #change(change: (both: number) => number | undefined): boolean {
    for (;;) {
      const both = this.#both;
      const changed = change(both);
      if (changed === undefined) return false;
      const found = Atomics.compareExchange(this.#words, this.#first + BOTH, both, changed | 0);
      if (found === both) return true;
    }
  }
}
