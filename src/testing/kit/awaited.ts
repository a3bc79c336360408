/** Which Deferreds are awaited, so that a test that waits for ever can be told for what. */
import { awaitListener, listenToAwaits } from "../../defer/awaiting.ts";
import type { Deferred } from "../../defer/deferred.ts";
import { historyOf } from "../../defer/history.ts";
import { wordFrames } from "./wording.ts";

export class Awaited {
  readonly #waiting = new Set<Deferred<unknown>>();

  /** From now on, until the returned function is called, they are noted. */
  listen(): () => void {
    const before = awaitListener;
    const own: typeof before = (deferred) => {
      const over = before?.(deferred);
      if (!deferred.called) this.#waiting.add(deferred);
      return () => {
        this.#waiting.delete(deferred);
        over?.();
      };
    };
    listenToAwaits(own);
    return () => {
      // Coroutines may have put one there since, which is to stay.
      if (awaitListener === own) listenToAwaits(before ?? (() => undefined));
    };
  }

  /** Those that have no result, each with where it was made. */
  describe(): string[] {
    return Array.from(
      this.#waiting,
      (deferred) => `  a Deferred, made${wordFrames(historyOf(deferred)?.made) || " somewhere"}`,
    );
  }
}
