import { QueueFullError } from "./errors.ts";

/** A queue, first in first out, with a limit. Both ends take constant time. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** @throws QueueFullError */
  push(item: T): void {
    if (this.length >= this.#limit) {
      throw new QueueFullError(`the queue is full: ${this.#limit} are waiting`);
    }
    this.#items.push(item);
  }

  /** The next to be shifted. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Puts another in the place of the next one. */
  replaceNext(item: T): void {
    this.#items[this.#head] = item;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Dropping the used-up half at a time costs each item one move at most.
    if (this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
