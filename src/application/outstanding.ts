import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { ServiceClock } from "./lifecycle.ts";

/** Things that are to come to an end, and a way to wait for that. */
export class Outstanding<T> implements Iterable<T> {
  readonly #things = new Set<T>();
  #emptied: Deferred<void> | undefined = undefined;

  get size(): number {
    return this.#things.size;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#things.values();
  }

  add(thing: T): void {
    this.#things.add(thing);
  }

  delete(thing: T): void {
    if (!this.#things.delete(thing) || this.#things.size > 0) return;
    const emptied = this.#emptied;
    this.#emptied = undefined;
    emptied?.callback();
  }

  /** Fires when none is left, or after `seconds`. One at a time can wait. */
  whenEmpty(seconds: number, clock: ServiceClock): Deferred<void> {
    if (this.#things.size === 0 || seconds === 0) return succeed(undefined);
    const emptied = new Deferred<void>(() => (this.#emptied = undefined));
    this.#emptied = emptied;
    if (seconds === Infinity) return emptied;
    return emptied.addTimeout(seconds, clock, () => undefined);
  }
}
