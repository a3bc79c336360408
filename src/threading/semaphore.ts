import { BadOptionError } from "../core/errors.ts";
import { NotAcquiredError } from "../defer/acquirable.ts";
import { Holdable } from "./holdable.ts";
import { FIRST_WORD, SharedMemory } from "./shared-memory.ts";
import { type Attempt, NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";

/** How many more may acquire it. */
const VALUE = FIRST_WORD;
/** How many there may be at the most. */
const MOST = FIRST_WORD + 1;
const FREED = FIRST_WORD + 2;
const WORDS = FREED + SIGNAL_WORDS;

const VALUE_MAX = 2 ** 31 - 1;

/**
 * Lets so many at a time, in all threads together. Nobody knows who they are: what a thread has not
 * released that ends is lost.
 *
 * ```ts
 * import { Semaphore } from "skein/threading";
 *
 * const seats = new Semaphore(2);
 * console.log(seats.tryAcquire(), seats.tryAcquire(), seats.tryAcquire()); // → true true false
 * seats.release(2);
 * console.log(seats.value); // → 2
 * ```
 */
export class Semaphore extends Holdable {
  readonly #words: Int32Array;
  readonly #freed: Signal;

  /**
   * @param value how many may acquire it, 1 unless given; 0 is none, until somebody releases it.
   * @param most only for {@link BoundedSemaphore}.
   * @throws BadOptionError
   */
  constructor(value: number | SharedArrayBuffer = 1, most: number = VALUE_MAX) {
    if (typeof value === "number" && !(Number.isInteger(value) && value >= 0 && value <= most)) {
      throw new BadOptionError(`a semaphore has 0 to ${most} tokens, not ${value}`);
    }
    const memory = new SharedMemory(typeof value === "number" ? WORDS : value);
    const { words } = memory;
    if (typeof value === "number") {
      words[VALUE] = value;
      words[MOST] = most;
    }
    const freed = new Signal(memory, FREED);
    const attempt: Attempt<void> = () => {
      for (;;) {
        const left = Atomics.load(words, VALUE);
        if (left === 0) return NOT_YET;
        if (Atomics.compareExchange(words, VALUE, left, left - 1) === left) return undefined;
      }
    };
    const name = new.target === BoundedSemaphore ? "reviveBoundedSemaphore" : "reviveSemaphore";
    const rebirth = { module: import.meta.url, name, data: () => memory.cross() };
    super(memory, rebirth, freed, attempt);
    this.#words = words;
    this.#freed = freed;
  }

  /** How many more may acquire it now. */
  get value(): number {
    return Atomics.load(this.#words, VALUE);
  }

  /**
   * Lets one more in, or so many.
   *
   * @throws NotAcquiredError from a {@link BoundedSemaphore} that would have more than at first.
   */
  release(count: number = 1): void {
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new BadOptionError(`a semaphore is released 1 or more times, not ${count}`);
    }
    const words = this.#words;
    const most = words[MOST] as number;
    for (;;) {
      const value = Atomics.load(words, VALUE);
      if (value + count > most) {
        throw new NotAcquiredError(`a semaphore of ${most} was released more often than acquired`);
      }
      if (Atomics.compareExchange(words, VALUE, value, value + count) === value) break;
    }
    this.#freed.fire();
  }
}

/**
 * A semaphore that may not be released more often than it was acquired: what would be a leak of
 * tokens, elsewhere, is an error here.
 *
 * ```ts
 * import { BoundedSemaphore } from "skein/threading";
 *
 * try {
 *   new BoundedSemaphore(3).release();
 * } catch (error) {
 *   console.log(String(error));
 * }
 * // → NotAcquiredError: a semaphore of 3 was released more often than acquired
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** @param value how many may acquire it, 1 unless given. @throws BadOptionError */
  constructor(value: number | SharedArrayBuffer = 1) {
    if (typeof value !== "number") super(value);
    else super(value, value >= 0 ? Math.min(value, VALUE_MAX) : VALUE_MAX);
  }
}

export const reviveSemaphore = (crossed: SharedArrayBuffer): Semaphore => new Semaphore(crossed);
export const reviveBoundedSemaphore = (crossed: SharedArrayBuffer): BoundedSemaphore =>
  new BoundedSemaphore(crossed);
