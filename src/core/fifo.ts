/** A queue, first in first out. Both ends take constant time, over many calls. */
export class Fifo<T> {
  /** The last comes last. */
  #arrived: T[] = [];
  /** The next to be shifted comes last: all of them before those that have arrived since. */
  #next: T[] = [];

  get length(): number {
    return this.#arrived.length + this.#next.length;
  }

  push(item: T): void {
    this.#arrived.push(item);
  }

  /** The next to be shifted. */
  peek(): T | undefined {
    return this.#turned().at(-1);
  }

  /** Puts one before all others. */
  unshift(item: T): void {
    this.#next.push(item);
  }

  shift(): T | undefined {
    return this.#turned().pop();
  }

  clear(): void {
    this.#arrived = [];
    this.#next = [];
  }

  /** Each item is turned over once. */
  #turned(): T[] {
    if (this.#next.length === 0) {
      const emptied = this.#next;
      this.#next = this.#arrived.reverse();
      this.#arrived = emptied;
    }
    return this.#next;
  }
}
