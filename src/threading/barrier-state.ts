/**
 * How far the parties of a barrier have come, in one word of 64 bits, so that it changes at once:
 *
 * ```
 *   how the last 32 generations ended | generation | broken | arrived
 *   1: all have come, 0: reset        | 16 bits    | 1 bit  | 15 bits
 * ```
 */

/** The state at a time. */
export interface BarrierLook {
  readonly generation: number;
  readonly broken: boolean;
  readonly arrived: number;
  /** How earlier generations ended; the bit of the last one is 1. */
  readonly history: number;
}

export type Outcome = "waits" | "passed" | "broken";

export const PARTIES_MAX: number = 2 ** 15 - 1;
const GENERATIONS = 2 ** 16;

export class BarrierState {
  readonly #state: BigInt64Array;

  /** @param at the number of its first word of 32 bits: an even one. */
  constructor(buffer: SharedArrayBuffer, at: number) {
    this.#state = new BigInt64Array(buffer, at * 4, 1);
  }

  look(): BarrierLook {
    return decode(Atomics.load(this.#state, 0));
  }

  /** Changes it to what `change` makes of it, unless that is undefined; what it has been. */
  change(change: (look: BarrierLook) => BarrierLook | undefined): BarrierLook | undefined {
    for (;;) {
      const state = Atomics.load(this.#state, 0);
      const look = decode(state);
      const changed = change(look);
      if (changed === undefined) return undefined;
      if (Atomics.compareExchange(this.#state, 0, state, encode(changed)) === state) return look;
    }
  }
}

/** What has become of a generation. */
export function outcomeOf(generation: number, now: BarrierLook): Outcome {
  const since = (now.generation - generation + GENERATIONS) % GENERATIONS;
  if (since === 0) return now.broken ? "broken" : "waits";
  // Nobody knows any more; mostly they pass.
  if (since > 32) return "passed";
  return (now.history & (1 << (since - 1))) === 0 ? "broken" : "passed";
}

/** The state when the present generation has ended. */
export function nextGeneration(look: BarrierLook, passed: boolean): BarrierLook {
  return {
    generation: (look.generation + 1) % GENERATIONS,
    broken: false,
    arrived: 0,
    history: (look.history << 1) | (passed ? 1 : 0),
  };
}

function decode(state: bigint): BarrierLook {
  const low = Number(BigInt.asUintN(32, state));
  return {
    generation: low >>> 16,
    broken: (low & (1 << 15)) !== 0,
    arrived: low & PARTIES_MAX,
    history: Number(BigInt.asIntN(32, state >> 32n)),
  };
}

function encode({ generation, broken, arrived, history }: BarrierLook): bigint {
  const low = ((generation << 16) | (broken ? 1 << 15 : 0) | arrived) >>> 0;
  return BigInt.asIntN(64, (BigInt(history) << 32n) | BigInt(low));
}
