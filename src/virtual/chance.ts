import { SeededRandom } from "../core/random.ts";

/** Random numbers and bytes of a process, from a seed. */
export class Chance {
  readonly #numbers: SeededRandom;
  readonly #bytes: SeededRandom;

  /** @param phase of the process: what is drawn in one must not come again in another. */
  constructor(seed: number | string, phase: "waiting" | "running") {
    const own = new SeededRandom(seed).split("virtual globals").split(phase);
    this.#numbers = own.split("Math.random");
    this.#bytes = own.split("crypto");
  }

  /** As Math.random() gives them. */
  next(): number {
    return this.#numbers.next();
  }

  /** A whole number from `min` to `max` - 1. */
  between(min: number, max: number): number {
    return min + this.#bytes.below(max - min);
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#bytes.below(256);
  }
}
