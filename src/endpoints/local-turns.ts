import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { Loop } from "../reactor/backend.ts";

/** Turns of the reactor that local streams ask for; known, so that nobody stops before the last. */
export class LocalTurns {
  readonly #loop: Loop;
  #asked = 0;
  #quiet: Deferred<void> | undefined = undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  reportError(error: unknown, doing: string): void {
    this.#loop.reportError(error, doing);
  }

  /** Calls it in a later turn; in the order of the calls. */
  later(action: () => void): void {
    this.#loop.callFromThread(() => {
      try {
        action();
      } finally {
        if (--this.#asked === 0) this.#quiet?.callback();
      }
    });
    // Behind the call, which throws where the queue is full.
    this.#asked++;
  }

  /** Fires when nothing that was asked for is still to come. */
  quiet(): Deferred<void> {
    if (this.#asked === 0) return succeed<void>(undefined);
    const quiet = (this.#quiet = new Deferred<void>());
    return quiet.addBoth(() => {
      this.#quiet = undefined;
    });
  }
}
