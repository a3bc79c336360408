import type { ReactorCore } from "../../reactor/capabilities.ts";
import { observeRuns } from "../../reactor/run-observers.ts";

/** Knows whether a reactor is in a run, from its very beginning to its very end. */
export class RunWatch {
  #active = false;
  readonly #endListeners = new Set<() => void>();
  /** Looks no longer. */
  readonly close: () => void;

  constructor(reactor: ReactorCore) {
    this.close = observeRuns({
      began: (which) => {
        if (which === reactor) this.#active = true;
      },
      ended: (which) => {
        if (which !== reactor) return;
        this.#active = false;
        for (const listener of this.#endListeners) listener();
      },
    });
  }

  get active(): boolean {
    return this.#active;
  }

  /** Calls `listener` whenever a run has ended, until the returned function is called. */
  onEnd(listener: () => void): () => void {
    this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  /** Resolves when the present run has ended; at once if there is none. */
  whenEnded(): Promise<void> {
    if (!this.#active) return Promise.resolve();
    return new Promise((resolve) => {
      const forget = this.onEnd(() => {
        forget();
        resolve();
      });
    });
  }
}
