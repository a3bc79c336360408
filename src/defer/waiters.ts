import { Deferred } from "./deferred.ts";

/** Deferreds in a queue. One that is cancelled leaves it; all that is done takes constant time. */
export class Waiters<T> {
  // By the number of the place. A Set would do, but for finding its first member: that passes over
  // the places of many that have left, each time.
  readonly #waiting = new Map<number, Deferred<T>>();
  #firstPlace = 0;
  #nextPlace = 0;

  get length(): number {
    return this.#waiting.size;
  }

  /** A new one, at the end. */
  add(): Deferred<T> {
    const place = this.#nextPlace++;
    const deferred = new Deferred<T>(() => {
      this.#waiting.delete(place);
    });
    this.#waiting.set(place, deferred);
    return deferred;
  }

  /** Takes out the one that has waited longest. */
  shift(): Deferred<T> | undefined {
    while (this.#firstPlace < this.#nextPlace) {
      const place = this.#firstPlace++;
      const first = this.#waiting.get(place);
      if (this.#waiting.delete(place)) return first;
    }
    return undefined;
  }
}
