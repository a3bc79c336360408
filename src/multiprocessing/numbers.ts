/** Numbers in memory that threads share: their kinds, and changes that nobody comes between. */
import { BadOptionError } from "../core/errors.ts";

/** How a number is kept. */
export type NumberKind = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float64";

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

interface Kind {
  readonly view: new (
    memory: SharedArrayBuffer,
    byteOffset: number,
    length: number,
  ) => Integers | Float64Array;
  readonly bytes: number;
  /** The smallest and the largest; none for what is no integer. */
  readonly range?: readonly [least: number, most: number];
}

const KINDS: Readonly<Record<NumberKind, Kind>> = {
  int8: { view: Int8Array, bytes: 1, range: [-(2 ** 7), 2 ** 7 - 1] },
  uint8: { view: Uint8Array, bytes: 1, range: [0, 2 ** 8 - 1] },
  int16: { view: Int16Array, bytes: 2, range: [-(2 ** 15), 2 ** 15 - 1] },
  uint16: { view: Uint16Array, bytes: 2, range: [0, 2 ** 16 - 1] },
  int32: { view: Int32Array, bytes: 4, range: [-(2 ** 31), 2 ** 31 - 1] },
  uint32: { view: Uint32Array, bytes: 4, range: [0, 2 ** 32 - 1] },
  float64: { view: Float64Array, bytes: 8 },
};

const NAMES = Object.keys(KINDS) as NumberKind[];

/** @throws BadOptionError */
export function codeOf(kind: NumberKind): number {
  const code = NAMES.indexOf(kind);
  if (code >= 0) return code;
  throw new BadOptionError(`numbers are ${NAMES.join(", ")}, not "${kind}"`);
}

/** How many words of four bytes so many take. */
export function wordsOf(kind: NumberKind, length: number): number {
  return Math.ceil((KINDS[kind].bytes * length) / 4);
}

export class Numbers {
  readonly kind: NumberKind;
  readonly length: number;
  readonly #range: Kind["range"];
  readonly #integers: Integers | undefined;
  readonly #floats: Float64Array | undefined;
  /** The same memory, as that of which an exchange can be compared. */
  readonly #bits: BigInt64Array | undefined;

  constructor(memory: SharedArrayBuffer, byteOffset: number, code: number, length: number) {
    this.kind = NAMES[code] as NumberKind;
    this.length = length;
    const { view: View, range } = KINDS[this.kind];
    this.#range = range;
    const view = new View(memory, byteOffset, length);
    if (view instanceof Float64Array) {
      this.#floats = view;
      this.#bits = new BigInt64Array(memory, byteOffset, length);
    } else {
      this.#integers = view;
    }
  }

  get(index: number): number {
    this.#checkIndex(index);
    if (this.#integers !== undefined) return Atomics.load(this.#integers, index);
    return toFloat(Atomics.load(this.#bits as BigInt64Array, index));
  }

  set(index: number, value: number): void {
    this.#checkIndex(index);
    this.#checkValue(value);
    if (this.#integers !== undefined) Atomics.store(this.#integers, index, value);
    else Atomics.store(this.#bits as BigInt64Array, index, toBits(value));
  }

  /** Returns what it has become. */
  add(index: number, difference: number): number {
    for (;;) {
      const before = this.get(index);
      const after = before + difference;
      if (this.compareExchange(index, before, after)) return after;
    }
  }

  /** Sets it to `value` if it is `expected`; whether it was. */
  compareExchange(index: number, expected: number, value: number): boolean {
    this.#checkIndex(index);
    this.#checkValue(value);
    // Cut to the size of the kind, one that is not of it might be found.
    if (!this.#isOfKind(expected)) return false;
    if (this.#integers !== undefined) {
      return Atomics.compareExchange(this.#integers, index, expected, value) === expected;
    }
    const bits = toBits(expected);
    return (
      Atomics.compareExchange(this.#bits as BigInt64Array, index, bits, toBits(value)) === bits
    );
  }

  /** A copy of them all; each is whole, but they may be of different moments. */
  toArray(): number[] {
    return [...((this.#integers ?? this.#floats) as Iterable<number>)];
  }

  #checkIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return;
    throw new BadOptionError(`there are ${this.length} numbers, and none at ${index}`);
  }

  #checkValue(value: number): void {
    if (this.#isOfKind(value)) return;
    throw new BadOptionError(`${String(value)} is no number of the kind ${this.kind}`);
  }

  #isOfKind(value: number): boolean {
    if (this.#range === undefined) return typeof value === "number";
    const [least, most] = this.#range;
    return Number.isInteger(value) && value >= least && value <= most;
  }
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

function toFloat(value: bigint): number {
  bits[0] = value;
  return float[0] as number;
}

function toBits(value: number): bigint {
  float[0] = value;
  return bits[0] as bigint;
}
