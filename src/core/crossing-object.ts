/**
 * Objects that cross to a worker, and back, as themselves: not as a copy of their fields, but as
 * an object of the same kind that is made anew on the other side, of whatever they say.
 *
 * Such an object is an argument of its own, or the result. Inside of other data it is refused: that
 * is copied by structured cloning, which takes no notice of methods, and would make `{}` of it.
 */

import type { CallerEvents, CallerLine } from "./call-line.ts";

/** What a worker is made of: a thread of this process, or a process. */
export type Substrate = "threads" | "processes";

/** The name of the method by which an object says how it crosses. */
export const crossing: unique symbol = Symbol.for("skein.crossing");

/** How an object crosses. */
export interface Crossed {
  /** Absolute URL of the module that the other side imports: `import.meta.url`, as a rule. */
  readonly module: string;
  /** What it exports to make the object anew: called with `data`; it may return a promise. */
  readonly name: string;
  /** What structured cloning copies; on "processes" no memory can be shared by it. */
  readonly data: unknown;
  /** What of the data is moved, and is gone here. */
  readonly transfer?: readonly object[];
  /**
   * Only of an argument: connects it with the object that is made anew, as long as the call lasts.
   * That is made with a line of its own as second argument.
   */
  readonly connect?: (line: CallerLine) => CallerEvents;
}

export interface Crossing {
  /**
   * Called when it is passed to a worker, or returned by one.
   *
   * @throws CannotCrossError, say, where it cannot get there.
   */
  [crossing](substrate: Substrate): Crossed;
}

export function crossesItself(value: unknown): value is Crossing {
  return typeof value === "object" && value !== null && crossing in value;
}

/**
 * A base for the classes of objects that cross as themselves: a counter, say, in memory that all
 * workers share.
 *
 * ```ts no-run
 * import { CrossesItself } from "skein/threads/worker";
 *
 * export class Counter extends CrossesItself {
 *   readonly #memory: SharedArrayBuffer;
 *
 *   constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
 *     super(() => ({ module: import.meta.url, name: "reviveCounter", data: memory }));
 *     this.#memory = memory;
 *   }
 *
 *   count(): number {
 *     return Atomics.add(new Int32Array(this.#memory), 0, 1) + 1;
 *   }
 * }
 *
 * export const reviveCounter = (memory: SharedArrayBuffer): Counter => new Counter(memory);
 * ```
 */
export abstract class CrossesItself {
  /** How it crosses. Structured cloning refuses it: no `{}` is ever made of an instance. */
  readonly crosses: Crossing[typeof crossing];

  constructor(crosses: Crossing[typeof crossing]) {
    this.crosses = crosses;
  }
}

Object.defineProperty(CrossesItself.prototype, crossing, {
  value(this: CrossesItself, substrate: Substrate): Crossed {
    return this.crosses(substrate);
  },
});
