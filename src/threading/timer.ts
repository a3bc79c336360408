import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";

/**
 * A function that is called some time after `start()`, in a turn of the reactor, unless it is
 * cancelled before.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { Timer } from "skein/threading";
 *
 * const reactor = createReactor("clock");
 * const tea = new Timer(reactor, 180, (kind: string) => console.log(kind, "is ready"), "green");
 * const milk = new Timer(reactor, 60, () => console.log("it boils over"));
 * tea.start();
 * milk.start();
 * milk.cancel();
 * await reactor.advance(180); // → green is ready
 * console.log(tea.finished, milk.finished); // → true true
 * ```
 *
 * What the function throws is reported by the reactor.
 */
export class Timer<A extends unknown[] = []> {
  readonly #reactor: ReactorTime;
  readonly #seconds: number;
  readonly #f: (...args: A) => unknown;
  readonly #args: A;
  #started = false;
  #call: DelayedCall | undefined;
  #finished = false;
  #joining: Deferred<void>[] = [];

  constructor(reactor: ReactorTime, seconds: number, f: (...args: A) => unknown, ...args: A) {
    this.#reactor = reactor;
    this.#seconds = seconds;
    this.#f = f;
    this.#args = args;
  }

  /** Whether it was called, or cancelled. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Begins to count. One that was cancelled before does nothing. @throws BadOptionError twice */
  start(): void {
    if (this.#started) throw new BadOptionError("a Timer can be started once");
    this.#started = true;
    if (this.#finished) return;
    this.#call = this.#reactor.callLater(this.#seconds, () => {
      try {
        this.#f(...this.#args);
      } finally {
        this.#finish();
      }
    });
  }

  /** Has it never be called. Too late, or once more, it does nothing. */
  cancel(): void {
    // While the function runs, it ends with that.
    if (this.#finished || this.#call?.active === false) return;
    this.#call?.cancel();
    this.#finish();
  }

  /** Fires when it was called, or cancelled. */
  join(): Deferred<void> {
    if (this.#finished) return succeed(undefined);
    const joined = new Deferred<void>(() => {
      this.#joining = this.#joining.filter((other) => other !== joined);
    });
    this.#joining.push(joined);
    return joined;
  }

  #finish(): void {
    this.#finished = true;
    const joining = this.#joining;
    this.#joining = [];
    for (const joined of joining) joined.callback();
  }
}
