import { BadOptionError, SkeinError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { Failure } from "../defer/failure.ts";
import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";

/** start(), stop() or reset() at the wrong time. */
export class LoopingCallError extends SkeinError {
  override readonly name = "LoopingCallError";
  readonly code = "ERR_LOOPING_CALL";
}

/**
 * Calls a function again and again, at fixed times: at start, then at whole intervals from it.
 * The next call waits until the function's Deferred or promise has fired; times that went by
 * meanwhile are skipped, and the calls stay on the grid.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { LoopingCall } from "skein/task";
 *
 * const reactor = createReactor("clock");
 * const heartbeat = new LoopingCall(reactor, () => console.log(`beat at ${reactor.seconds()}`));
 * heartbeat.start(30).addErrback((failure) => console.log(failure.message));
 * await reactor.advance(45);
 * heartbeat.stop();
 * // → beat at 0
 * // → beat at 30
 * ```
 */
export class LoopingCall {
  readonly #clock: Pick<ReactorTime, "callLater" | "seconds">;
  readonly #f: () => unknown;
  #running = false;
  #interval = 0;
  #startedAt = 0;
  #call: DelayedCall | undefined = undefined;
  #done: Deferred<this> | undefined = undefined;

  constructor(clock: Pick<ReactorTime, "callLater" | "seconds">, f: () => unknown) {
    this.#clock = clock;
    this.#f = f;
  }

  /** From start() until stop(), or until the function fails. */
  get running(): boolean {
    return this.#running;
  }

  /**
   * Begins; the first call is made before this returns, or after one interval if `now` is false.
   * An interval of 0 calls in every turn. The Deferred fires with this when it is stopped (after
   * the iteration under way has ended), and fails when the function does, which ends the loop.
   * Cancelling it stops the loop.
   *
   * @throws LoopingCallError while it runs, BadOptionError for a negative interval.
   */
  start(intervalSeconds: number, now = true): Deferred<this> {
    if (this.#done !== undefined) {
      throw new LoopingCallError("the looping call runs already, or its last iteration does");
    }
    if (!(intervalSeconds >= 0 && intervalSeconds < Infinity)) {
      throw new BadOptionError(`an interval must be 0 or more seconds, not ${intervalSeconds}`);
    }
    const done = (this.#done = new Deferred<this>(() => this.#running && this.stop()));
    this.#running = true;
    this.#interval = intervalSeconds;
    this.#startedAt = this.#clock.seconds();
    if (now) this.#iterate();
    else this.#schedule();
    return done;
  }

  /** Makes no further call. @throws LoopingCallError when it is not running. */
  stop(): void {
    if (!this.#running) throw new LoopingCallError("the looping call is not running");
    this.#running = false;
    // Without a scheduled call an iteration is under way: it fires the Deferred when it ends.
    if (this.#call === undefined) return;
    this.#call.cancel();
    this.#call = undefined;
    this.#finish(this);
  }

  /** Begins the grid anew: the next call is one interval from now. @throws as stop() */
  reset(): void {
    if (!this.#running) throw new LoopingCallError("the looping call is not running");
    this.#startedAt = this.#clock.seconds();
    if (this.#call === undefined) return;
    this.#call.cancel();
    this.#schedule();
  }

  #iterate(): void {
    this.#call = undefined;
    maybeDeferred(this.#f).addBoth((result) => {
      if (result instanceof Failure) {
        this.#running = false;
        this.#finish(result);
      } else if (this.#running) {
        this.#schedule();
      } else {
        this.#finish(this);
      }
    });
  }

  #schedule(): void {
    this.#call = this.#clock.callLater(this.#untilNext(), () => this.#iterate());
  }

  /** Seconds until the next time on the grid that is later than now. */
  #untilNext(): number {
    if (this.#interval === 0) return 0;
    const elapsed = this.#clock.seconds() - this.#startedAt;
    const untilNext = this.#interval - (elapsed % this.#interval);
    // Too small a step to move the clock would call twice at one time.
    const now = this.#clock.seconds();
    return now + untilNext === now ? untilNext + this.#interval : untilNext;
  }

  #finish(result: this | Failure): void {
    const done = this.#done;
    this.#done = undefined;
    done?.callback(result);
  }
}
