import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";

/** Those who wait for one outcome, each by a Deferred of their own. */
export class Audience {
  readonly #waiting = new Set<Deferred<void>>();

  /** @param abandoned called when one has given up, and nobody is left who waits. */
  join(abandoned: () => void = () => {}): Deferred<void> {
    const waiter = new Deferred<void>(() => {
      // While they are told, nobody waits any more.
      const waited = this.#waiting.delete(waiter);
      if (waited && this.#waiting.size === 0) abandoned();
    });
    this.#waiting.add(waiter);
    return waiter;
  }

  /** Tells those who wait now. Whoever joins from inside of that is not told. */
  tell(failure?: Failure): void {
    const told = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of told) {
      // One that was told before may have cancelled it.
      if (waiter.called) continue;
      if (failure === undefined) waiter.callback();
      else waiter.errback(failure);
    }
  }
}
