import { BadOptionError } from "../core/errors.ts";
import { LOCK_WORDS, ThreadLock } from "../threading/thread-lock.ts";
import { codeOf, type NumberKind, Numbers, wordsOf } from "./numbers.ts";

const KIND = LOCK_WORDS;
const LENGTH = LOCK_WORDS + 1;
const NUMBERS = LOCK_WORDS + 2;

const LENGTH_MAX = 2 ** 27;

const REVIVE = { module: import.meta.url, name: "reviveSharedArray" };

/**
 * Numbers in memory that threads share, with a lock: that of an `RLock`, for what takes more than
 * one step. Each method is a step that nobody comes between. In a process each asks the reactor's
 * thread.
 *
 * ```ts
 * import { SharedArray } from "skein/multiprocessing";
 *
 * const marks = new SharedArray("int32", [1, 2, 3]);
 * marks.add(0, 10);
 * marks.runSync(() => {
 *   const first = marks.get(0);
 *   marks.set(0, marks.get(2));
 *   marks.set(2, first);
 * });
 * console.log(marks.toArray()); // → [ 3, 2, 11 ]
 * ```
 */
export class SharedArray extends ThreadLock {
  readonly #numbers: Numbers;

  /**
   * @param kind how each number is kept; @param values or how many zeros.
   * @param crossed only for the revivers.
   * @throws BadOptionError
   */
  constructor(
    kind: NumberKind | SharedArrayBuffer,
    values: Iterable<number> | number = 0,
    revive: { readonly module: string; readonly name: string } = REVIVE,
  ) {
    const crossed = typeof kind !== "string";
    // Once: an iterable may have no second time.
    const given = crossed || typeof values === "number" ? undefined : [...values];
    if (crossed) {
      super(kind, revive, true);
    } else {
      const code = codeOf(kind);
      const length = given?.length ?? (values as number);
      if (!(Number.isInteger(length) && length >= 0 && length <= LENGTH_MAX)) {
        throw new BadOptionError(`there can be 0 to ${LENGTH_MAX} numbers, not ${length}`);
      }
      super(undefined, revive, true, NUMBERS - LOCK_WORDS + wordsOf(kind, length));
      this.memory.words[KIND] = code;
      this.memory.words[LENGTH] = length;
    }
    const { buffer, words } = this.memory;
    const [code, length] = [words[KIND] as number, words[LENGTH] as number];
    this.#numbers = new Numbers(buffer, NUMBERS * 4, code, length);
    given?.forEach((value, at) => this.#numbers.set(at, value));
  }

  get kind(): NumberKind {
    return this.#numbers.kind;
  }

  get length(): number {
    return this.#numbers.length;
  }

  get heldForCaller(): boolean {
    return this.ownedHere;
  }

  /** @throws BadOptionError for an index that there is not; so do the others. */
  get(index: number): number {
    return this.#numbers.get(index);
  }

  /** @throws BadOptionError for a value that is not of the kind; so do the others. */
  set(index: number, value: number): void {
    this.#numbers.set(index, value);
  }

  /** Adds to a number; returns what it has become. */
  add(index: number, difference: number): number {
    return this.#numbers.add(index, difference);
  }

  /** Sets a number to `value` if it is `expected`; whether it was. */
  compareExchange(index: number, expected: number, value: number): boolean {
    return this.#numbers.compareExchange(index, expected, value);
  }

  /** A copy. While others write, its numbers may be of different moments: take the lock. */
  toArray(): number[] {
    return this.#numbers.toArray();
  }
}

export const reviveSharedArray = (crossed: SharedArrayBuffer): SharedArray =>
  new SharedArray(crossed);
