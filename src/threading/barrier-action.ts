/** What one of the parties of a barrier does for all: a function, in whichever thread that is. */
import { BadOptionError } from "../core/errors.ts";
import { importFunction } from "../core/import-function.ts";
import { isThenable } from "../core/is-thenable.ts";

/** A function that a module exports, as `worker()` of skein/threads names it. */
export interface NamedAction {
  readonly module: string;
  readonly name: string;
}

type Action = () => unknown;

/** A function; or the name of one, which crosses, and is loaded where it is needed. */
export class BarrierAction {
  readonly named: NamedAction | undefined = undefined;
  #action: Action | undefined;

  constructor(given: Action | NamedAction) {
    if (typeof given === "function") this.#action = given;
    else this.named = given;
  }

  /** @throws BadOptionError, or what importing its module throws. */
  async load(): Promise<void> {
    const named = this.named as NamedAction;
    this.#action ??= await importFunction(named, "to be a barrier's action");
  }

  /** Calls it, once it is loaded. @throws what it throws, or loading it. */
  call(): unknown {
    if (this.#action !== undefined) return this.#action();
    return this.load().then(() => this.#action?.());
  }

  /** Calls it at once. @throws BadOptionError if it is not loaded, or not done when it returns. */
  callSync(): void {
    if (this.#action === undefined) {
      throw new BadOptionError(
        "the action of a barrier is not loaded in the thread that made the barrier: " +
          "there, use wait(), or give it as a function",
      );
    }
    if (isThenable(this.#action())) {
      throw new BadOptionError("the action of a barrier returned a promise: use wait() with it");
    }
  }
}
