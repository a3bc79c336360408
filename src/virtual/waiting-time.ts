/** The time of a process whose globals are virtual and whose reactor does not run. */
import type { DelayedCall } from "../reactor/capabilities.ts";
import { TimerQueue } from "../reactor/timer-queue.ts";
import { type Happening, happeningOf, type VirtualTime } from "../reactor/virtual-time.ts";

/** Of Node, as it is before anything is replaced. */
const { setImmediate: realSetImmediate } = globalThis;

/**
 * It stands still while the process has anything else to do, and moves on to what happens next
 * when it would otherwise end. So timers wait for a reactor to come, and a program that waits for
 * one of them before it makes a reactor goes on.
 */
export class WaitingTime implements VirtualTime {
  readonly seed = 0;
  #now = 0;
  readonly #queue = new TimerQueue(
    () => this.#now,
    () => {},
  );
  readonly #background = new WeakSet<DelayedCall>();

  seconds(): number {
    return this.#now;
  }

  happen(delaySeconds: number, _what: string, action: () => void): Happening {
    return happeningOf(this.#queue.add(delaySeconds, action), this.#background);
  }

  /** There is nothing to see: programs that have no reactor yet may read files. */
  watch(): () => void {
    return () => {};
  }

  begin(): void {
    process.on("beforeExit", this.#moveOn);
  }

  end(): void {
    process.off("beforeExit", this.#moveOn);
  }

  readonly #moveOn = (): void => {
    if (this.#queue.active().every((timer) => this.#background.has(timer))) return;
    // In a macrotask of its own, which keeps the process alive until it has happened.
    realSetImmediate(() => {
      this.#now = Math.max(this.#now, this.#queue.next());
      const [first, ...others] = this.#queue.takeDue();
      // One at a time: promises settle before the next.
      for (const other of others) other.reset(0);
      if (first?.begin() === true) first.action();
    });
  };
}
