import { BadOptionError } from "../../../core/errors.ts";
import type { SeededRandom } from "../../../core/random.ts";
import type { DatagramFaults } from "../../simulation.ts";

const REORDER_SECONDS = 0.01;

/** The options with their defaults. @throws BadOptionError */
export function completeFaults(faults: DatagramFaults = {}): Required<DatagramFaults> {
  const { loss = 0, duplicate = 0, reorder = 0, reorderSeconds = REORDER_SECONDS } = faults;
  for (const [name, value] of Object.entries({ loss, duplicate, reorder })) {
    if (value >= 0 && value <= 1) continue;
    throw new BadOptionError(`datagrams.${name} must be a probability from 0 to 1, not ${value}`);
  }
  if (!(reorderSeconds >= 0 && reorderSeconds < Infinity)) {
    throw new BadOptionError(
      `datagrams.reorderSeconds must be 0 or more seconds, not ${reorderSeconds}`,
    );
  }
  return { loss, duplicate, reorder, reorderSeconds };
}

/**
 * What becomes of the datagrams of one socket. Each question has a stream of its own, and is asked
 * for every datagram: whatever else is set or sent, the hundredth of a socket is lost or is not.
 */
export class Fates {
  readonly #faults: Required<DatagramFaults>;
  readonly #loss: SeededRandom;
  readonly #duplicate: SeededRandom;
  readonly #reorder: SeededRandom;
  readonly #lateness: SeededRandom;

  constructor(faults: Required<DatagramFaults>, random: SeededRandom) {
    this.#faults = faults;
    this.#loss = random.split("loss");
    this.#duplicate = random.split("duplicate");
    this.#reorder = random.split("reorder");
    this.#lateness = random.split("lateness");
  }

  /** For each copy of the next datagram that arrives: how many seconds it is late. */
  next(): number[] {
    const lost = this.#loss.chance(this.#faults.loss);
    const doubled = this.#duplicate.chance(this.#faults.duplicate);
    const [first, second] = [this.#late(), this.#late()];
    if (lost) return [];
    return doubled ? [first, second] : [first];
  }

  #late(): number {
    const late = this.#reorder.chance(this.#faults.reorder);
    const seconds = this.#lateness.next() * this.#faults.reorderSeconds;
    return late ? seconds : 0;
  }
}
