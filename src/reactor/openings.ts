import type { Deferred } from "../defer/deferred.ts";
import type { Loop } from "./backend.ts";
import { whenRunning } from "./when-running.ts";

/** What is being opened and is not open yet: a reactor that stops gives all of it up. */
export class Openings {
  readonly #loop: Loop;
  readonly #underWay = new Set<Deferred<unknown>>();

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  get size(): number {
    return this.#underWay.size;
  }

  /** Opens something when the reactor runs; see {@link whenRunning}. */
  begin<T>(open: () => Deferred<T>): Deferred<T> {
    const opening = whenRunning(this.#loop, open);
    this.#underWay.add(opening);
    opening.addBoth((result) => {
      this.#underWay.delete(opening);
      return result;
    });
    return opening;
  }

  cancelAll(): void {
    for (const opening of this.#underWay) opening.cancel();
  }
}
