/**
 * The calls of one worker in memory that it shares with the reactor's thread: a ring of slots, each
 * with a state that both sides change by compare-and-exchange. So it is always known which calls
 * have begun, even when the worker is gone: those that have not can go to another worker, and those
 * that have are never begun again.
 *
 * ```
 *   free → sent → begun → returned, threw → free     (by the reactor, the worker, the worker, …)
 *            └──→ revoked → passed → free
 * ```
 *
 * What fits into a slot crosses there; what does not is posted, before the state says so. Each side
 * rings the other, by a message, only when it sleeps: a busy pair sends no messages at all.
 */
import { SmallValues } from "../../../core/small-values.ts";

/** How many calls a worker can hold. */
export const SLOTS = 128;

export const FREE = 0;
export const SENT = 1;
export const BEGUN = 2;
export const RETURNED = 3;
export const THREW = 4;
/** Taken back before it began. */
export const REVOKED = 5;
/** The worker has seen that it was taken back. */
export const PASSED = 6;

const SLOT_WORDS = 64;
const HEADER_WORDS = 4;
const SLOT_BYTES = SLOT_WORDS * 4;

/** The words before the slots. */
const ASLEEP = 0;
const RUNG = 1;
const KILOBYTES = 2;
/** How many answers have been posted. */
const ANSWERS = 3;
const FIRST_SLOT = 16;

/** The words of a slot. */
const STATE = 0;
/** Whether its values were posted, rather than written into it. */
const POSTED = 1;
const FUNCTION = 2;
const FLAGS = 3;

/** How the worker sleeps: not at all, until it is rung, or for a moment, until it is notified. */
const AWAKE = 0;
const RINGS = 1;
const DOZES = 2;
/** Less has the system set a clock of its own, which takes as long as a call does. */
const DOZE_MS = 4;

const ABORTED = 1;
const HEEDS = 2;

export class CallSlots {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  /** The values of each slot. */
  readonly values: readonly SmallValues[];

  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer((FIRST_SLOT + SLOTS * SLOT_WORDS) * 4);
    this.#words = new Int32Array(this.memory);
    this.values = Array.from({ length: SLOTS }, (_, slot) => {
      const start = (wordOf(slot) + HEADER_WORDS) * 4;
      return new SmallValues(this.memory, start, SLOT_BYTES - HEADER_WORDS * 4);
    });
  }

  state(slot: number): number {
    return Atomics.load(this.#words, wordOf(slot) + STATE);
  }

  setState(slot: number, state: number): void {
    Atomics.store(this.#words, wordOf(slot) + STATE, state);
  }

  /** Changes a state, unless the other side was first. */
  change(slot: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, wordOf(slot) + STATE, from, to) === from;
  }

  // The words below are written before a state that has the other side look at them.

  posted(slot: number): boolean {
    return this.#words[wordOf(slot) + POSTED] === 1;
  }

  setPosted(slot: number, posted: boolean): void {
    this.#words[wordOf(slot) + POSTED] = posted ? 1 : 0;
  }

  function(slot: number): number {
    return this.#words[wordOf(slot) + FUNCTION] as number;
  }

  /** For a call that is about to be sent. */
  begin(slot: number, index: number): void {
    this.#words[wordOf(slot) + FUNCTION] = index;
    this.#words[wordOf(slot) + FLAGS] = 0;
  }

  // These may change at any time.

  abort(slot: number): void {
    Atomics.or(this.#words, wordOf(slot) + FLAGS, ABORTED);
  }

  aborted(slot: number): boolean {
    return (Atomics.load(this.#words, wordOf(slot) + FLAGS) & ABORTED) !== 0;
  }

  /** The function has asked to be told when it is cancelled. */
  heed(slot: number): void {
    Atomics.or(this.#words, wordOf(slot) + FLAGS, HEEDS);
  }

  heeds(slot: number): boolean {
    return (Atomics.load(this.#words, wordOf(slot) + FLAGS) & HEEDS) !== 0;
  }

  // --- who has to be rung ---

  /** For the worker: from now on it has to be rung. It looks once more after this. */
  fallAsleep(): void {
    Atomics.store(this.#words, ASLEEP, RINGS);
  }

  /** Whether the slot holds another call, for the worker. */
  waits(slot: number): boolean {
    const state = this.state(slot);
    return state === SENT || state === REVOKED;
  }

  /**
   * For the worker: blocks for a moment, unless the slot holds another call already. The next one
   * mostly comes soon, and this is the fastest way to be woken for it.
   */
  doze(slot: number): void {
    Atomics.store(this.#words, ASLEEP, DOZES);
    if (!this.waits(slot)) Atomics.wait(this.#words, ASLEEP, DOZES, DOZE_MS);
    Atomics.store(this.#words, ASLEEP, AWAKE);
  }

  /** For the reactor, after a change: wakes a worker that dozes; true if it must be rung. */
  mustWake(): boolean {
    if (Atomics.load(this.#words, ASLEEP) === AWAKE) return false;
    const was = Atomics.exchange(this.#words, ASLEEP, AWAKE);
    if (was === DOZES) Atomics.notify(this.#words, ASLEEP);
    return was === RINGS;
  }

  /** For the reactor: from now on it has to be rung. It looks once more after this. */
  listen(): void {
    Atomics.store(this.#words, RUNG, 0);
  }

  /** For the reactor: it looks by itself, until it listens again. */
  dontListen(): void {
    Atomics.store(this.#words, RUNG, 1);
  }

  /** For the worker, after a change: whether the reactor must be rung. */
  mustRing(): boolean {
    return (
      Atomics.load(this.#words, RUNG) === 0 &&
      Atomics.compareExchange(this.#words, RUNG, 0, 1) === 0
    );
  }

  // --- answers to the worker ---

  get answers(): number {
    return Atomics.load(this.#words, ANSWERS);
  }

  /** For the reactor: an answer was posted. */
  answered(): void {
    Atomics.add(this.#words, ANSWERS, 1);
    Atomics.notify(this.#words, ANSWERS);
  }

  /** For the worker: blocks until there are more than `seen`. */
  awaitAnswer(seen: number): void {
    Atomics.wait(this.#words, ANSWERS, seen);
  }

  /** How much memory the worker holds, as it said last. */
  get kilobytes(): number {
    return Atomics.load(this.#words, KILOBYTES);
  }

  set kilobytes(value: number) {
    Atomics.store(this.#words, KILOBYTES, value);
  }
}

function wordOf(slot: number): number {
  return FIRST_SLOT + slot * SLOT_WORDS;
}
