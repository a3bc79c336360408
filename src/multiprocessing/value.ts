import type { NumberKind } from "./numbers.ts";
import { SharedArray } from "./shared-array.ts";

/**
 * A number in memory that threads share, with the lock of a {@link SharedArray}.
 *
 * ```ts
 * import { Value } from "skein/multiprocessing";
 *
 * const visitors = new Value("int32", 41);
 * visitors.increment();
 * console.log(visitors.value); // → 42
 * visitors.runSync(() => {
 *   visitors.value = visitors.value * 2; // two steps: with the lock
 * });
 * console.log(visitors.value); // → 84
 * ```
 */
export class Value extends SharedArray {
  /** @throws BadOptionError */
  constructor(kind: NumberKind | SharedArrayBuffer, value: number = 0) {
    super(kind, [value], { module: import.meta.url, name: "reviveValue" });
  }

  get value(): number {
    return this.get(0);
  }

  set value(value: number) {
    this.set(0, value);
  }

  /** Adds to it, in one step; returns what it has become. */
  increment(difference: number = 1): number {
    return this.add(0, difference);
  }
}

export const reviveValue = (crossed: SharedArrayBuffer): Value => new Value(crossed);
