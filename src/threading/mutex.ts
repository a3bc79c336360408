import type { SharedMemory } from "./shared-memory.ts";
import { type Attempt, NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";

/** How many words of memory one takes. */
export const MUTEX_WORDS: number = 1 + SIGNAL_WORDS;

/**
 * Keeps others out while memory is changed: for some microseconds, but for a thread that is ended
 * in the middle. Who must not sleep waits for a tenth of a second at the most.
 */
export class Mutex {
  /** Told when it is left. */
  readonly left: Signal;
  readonly #memory: SharedMemory;
  readonly #words: Int32Array;
  readonly #owner: number;
  readonly #attempt: Attempt<true>;

  constructor(memory: SharedMemory, firstWord: number) {
    const { words, thread } = memory;
    this.left = new Signal(memory, firstWord + 1);
    this.#memory = memory;
    this.#words = words;
    this.#owner = firstWord;
    this.#attempt = () =>
      Atomics.compareExchange(words, firstWord, 0, thread) === 0 ? true : NOT_YET;
  }

  /** Whether nobody is inside, just now. */
  get free(): boolean {
    return Atomics.load(this.#words, this.#owner) === 0;
  }

  /** False if somebody is inside who does not get on: for those alone who must not sleep. */
  enter(): boolean {
    if (this.#attempt() === true) return true;
    if (!this.#memory.maySleep) return this.left.waitShortly(this.#attempt) === true;
    return this.left.wait(this.#attempt, undefined, "a queue", "Deferreds");
  }

  leave(): void {
    Atomics.store(this.#words, this.#owner, 0);
    this.left.fire();
  }

  /** Takes over from a thread that has ended inside; false if it has not. */
  takeOver(ended: number): boolean {
    const { thread } = this.#memory;
    return Atomics.compareExchange(this.#words, this.#owner, ended, thread) === ended;
  }
}
