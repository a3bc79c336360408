import type { Deferred } from "../defer/deferred.ts";
import { FIRST_WORD, SharedMemory } from "./shared-memory.ts";
import { SharedObject } from "./shared-object.ts";
import { type Attempt, NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";

const SET = FIRST_WORD;
/** How often it has been set: who has waited then is not to miss it, if it is cleared again. */
const TIMES = FIRST_WORD + 1;
const CHANGED = FIRST_WORD + 2;
const WORDS = CHANGED + SIGNAL_WORDS;

/**
 * Something that happens, or has happened: those who wait for it go on when it is set, in all
 * threads; those who come later do not wait, until it is cleared.
 *
 * ```ts
 * import { Event } from "skein/threading";
 *
 * const ready = new Event();
 * ready.wait().addCallback(() => console.log("go"));
 * ready.set();
 * console.log(ready.isSet);
 * await Promise.resolve();
 * // → true
 * // → go
 * ```
 */
export class Event extends SharedObject {
  readonly #words: Int32Array;
  readonly #changed: Signal;

  /** @param crossed only for {@link reviveEvent}. */
  constructor(crossed?: SharedArrayBuffer) {
    const memory = new SharedMemory(crossed ?? WORDS);
    const changed = new Signal(memory, CHANGED);
    super(memory, {
      module: import.meta.url,
      name: "reviveEvent",
      data: () => memory.cross(),
      signals: [changed],
    });
    this.#words = memory.words;
    this.#changed = changed;
  }

  get isSet(): boolean {
    return Atomics.load(this.#words, SET) === 1;
  }

  /** All who wait go on. Nothing of others runs in here. */
  set(): void {
    if (Atomics.exchange(this.#words, SET, 1) === 1) return;
    Atomics.add(this.#words, TIMES, 1);
    this.#changed.fire();
  }

  /** From now on it is waited for again. */
  clear(): void {
    Atomics.store(this.#words, SET, 0);
  }

  /** Fires when it is set: at once if it is. Cancelling gives up. */
  wait(): Deferred<void> {
    return this.#changed.when(this.#attempt());
  }

  /** The same, blocking, for workers. @throws WouldBlockError, TimeoutError */
  waitSync(seconds?: number): void {
    this.#changed.wait(this.#attempt(), seconds, "waitSync()", "wait()");
  }

  #attempt(): Attempt<void> {
    const words = this.#words;
    const times = Atomics.load(words, TIMES);
    return () =>
      Atomics.load(words, SET) === 1 || Atomics.load(words, TIMES) !== times ? undefined : NOT_YET;
  }
}

export const reviveEvent = (crossed: SharedArrayBuffer): Event => new Event(crossed);
