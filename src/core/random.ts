/**
 * Chance that can be repeated: numbers that depend on a seed and on nothing else.
 *
 *     const random = new SeededRandom(42).split("datagrams").split("loss");
 *     if (random.chance(0.1)) return; // one in ten is lost
 *
 * Whoever draws has a stream of their own, one for each purpose: `split("loss")` makes it from the
 * seed and the names on the way to it, never from what was drawn so far. So a draw that is added
 * somewhere changes no other stream; and to ask every time, also where the answer is known, keeps a
 * stream in step with what it is about, whatever the other options are.
 *
 * The numbers are the same on every platform and stay so in later versions: a seed in a bug report
 * must go on meaning what it meant. They are not for secrets.
 */

const TWO_TO_27 = 2 ** 27;
const TWO_TO_53 = 2 ** 53;
/** So many numbers are thrown away at first, until every bit depends on the whole state. */
const WARM_UP = 12;
/** Where the four words of the state begin: different, and otherwise of no importance. */
const START = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x71374491] as const;

export class SeededRandom {
  readonly #seed: number | string;
  /** The names on the way here. */
  readonly #names: readonly string[];
  /** The state of the generator "small fast counting" (sfc32): 96 bits and a counter. */
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Numbers and texts are different seeds: 1 is not "1". The names are those of the splits. */
  constructor(seed: number | string, ...names: string[]) {
    this.#seed = seed;
    this.#names = names;
    [this.#a, this.#b, this.#c] = stateOf(JSON.stringify([seed, ...names]));
    for (let i = 0; i < WARM_UP; i++) this.#word();
  }

  /**
   * The stream for one purpose within this one. Equal names give equal streams, both from their
   * beginning: split once and keep it.
   */
  split(name: string): SeededRandom {
    return new SeededRandom(this.#seed, ...this.#names, name);
  }

  /** A number from 0 to 1, which it never is: 53 random bits. */
  next(): number {
    const high = this.#word() >>> 6;
    const low = this.#word() >>> 5;
    return (high * TWO_TO_27 + low) / TWO_TO_53;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True so often: 0 is never, 1 is always. It draws in any case. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** 32 random bits. */
  #word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}

/** Three words, each of which depends on every character of the text. */
function stateOf(text: string): [number, number, number] {
  let [w, x, y, z]: [number, number, number, number] = [...START];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    w = stir(w ^ code, 0x85ebca6b);
    x = stir((x + w) | 0, 0xc2b2ae35);
    y = stir(y ^ x, 0x27d4eb2f);
    z = stir((z + y) | 0, 0x165667b1);
  }
  return [stir(w ^ z, 0x85ebca6b), stir(x ^ w, 0xc2b2ae35), stir(y ^ x, 0x27d4eb2f)];
}

/** Spreads a change of any bit over the word. `factor` is odd, so that nothing is lost. */
function stir(word: number, factor: number): number {
  const mixed = Math.imul(word ^ (word >>> 15), factor);
  return mixed ^ (mixed >>> 13);
}
