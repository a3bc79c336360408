import { Deferred } from "../defer/deferred.ts";
import type { DelayedCall, ReactorTime } from "./capabilities.ts";

/** How far a part of a reactor that stops has come with closing all that it has open. */
export class Closing {
  readonly #clock: Pick<ReactorTime, "callLater">;
  #emptied: Deferred<void> | undefined = undefined;
  #deadline: DelayedCall | undefined = undefined;

  constructor(clock: Pick<ReactorTime, "callLater">) {
    this.#clock = clock;
  }

  /** From begin() to reopen(): nothing new is begun. */
  get begun(): boolean {
    return this.#emptied !== undefined;
  }

  /**
   * Fires when {@link done} says that all is closed. What is not after so many seconds is for
   * `cutOff` to end; with Infinity it has as long as it takes.
   */
  begin(seconds: number, cutOff: () => void): Deferred<void> {
    const emptied = (this.#emptied = new Deferred<void>());
    if (seconds < Infinity) this.#deadline = this.#clock.callLater(seconds, cutOff);
    return emptied;
  }

  /** Nothing is open. Of use only while it is closing, and once. */
  done(): void {
    if (this.#emptied === undefined || this.#emptied.called) return;
    this.#forgetDeadline();
    this.#emptied.callback();
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#forgetDeadline();
    this.#emptied = undefined;
  }

  #forgetDeadline(): void {
    if (this.#deadline?.active === true) this.#deadline.cancel();
    this.#deadline = undefined;
  }
}
