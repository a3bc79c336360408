import { Deferred } from "../defer/deferred.ts";
import { CancelledError } from "../defer/errors.ts";
import type { Failure } from "../defer/failure.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";

/** A hook of a service that is under way. */
export class Work {
  /** How it really ends: giving it up does not fire this, but what the hook makes of that. */
  readonly ended: Deferred<unknown>;
  readonly #controller = new AbortController();
  #deferred: Deferred<unknown> | undefined = undefined;
  #reason: Error | undefined = undefined;

  constructor(hook: (signal: AbortSignal) => unknown) {
    this.ended = maybeDeferred(() => {
      const result = hook(this.#controller.signal);
      if (result instanceof Deferred) this.#deferred = result;
      return result;
    });
  }

  /** Aborts its signal, and cancels the Deferred that it has returned. */
  giveUp(reason: Error): void {
    this.#reason = reason;
    this.#controller.abort(reason);
    this.#deferred?.cancel();
  }

  /** Whether it failed only because it was given up. */
  failedAsTold({ value }: Failure): boolean {
    if (this.#reason === undefined) return false;
    return value === this.#reason || value instanceof CancelledError;
  }
}
