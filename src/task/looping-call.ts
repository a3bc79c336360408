import { BadOptionError, SkeinError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Failure } from "../defer/failure.ts";
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
  /** What is to be done later: by the function's name, as a reactor tells what waits on it. */
  readonly #next: () => void;
  #running = false;
  #interval = 0;
  #startedAt = 0;
  /** The latest time on the grid that is served or scheduled, counted in intervals. */
  #tick = 0;
  /** The tick that the latest count went up to. */
  #countedTick = 0;
  /** When that was; undefined before the first. */
  #countedAt: number | undefined = undefined;
  /** Intervals of a grid that a reset has ended, for the next count. */
  #carried = 0;
  #call: DelayedCall | undefined = undefined;
  /** What the function returned, until it fires. */
  #iteration: Deferred<unknown> | undefined = undefined;
  #done: Deferred<this> | undefined = undefined;

  constructor(clock: Pick<ReactorTime, "callLater" | "seconds">, f: () => unknown) {
    this.#clock = clock;
    this.#f = f;
    this.#next = named(() => this.#iterate(), f.name);
  }

  /**
   * A looping call whose function is told how many intervals have passed since it was last called:
   * 1, or more when times on the grid went by meanwhile. An interval of 0 counts 1 each time.
   *
   * The counts are whole numbers, never 0, and add up: at each call their sum is the number of
   * intervals since start(), and 1 more for the call at the start. After a reset() the next count
   * has the whole intervals before it too, if the function had been called by then. start() begins
   * to count anew.
   *
   * ```ts
   * import { createReactor } from "skein/reactor";
   * import { deferLater, LoopingCall } from "skein/task";
   *
   * const reactor = createReactor("clock");
   * const frames = LoopingCall.withCount(reactor, (count) => {
   *   console.log(`at ${reactor.seconds()}: ${count}`);
   *   return deferLater(reactor, 2.5); // drawing takes its time
   * });
   * frames.start(1).addErrback((failure) => console.log(failure.message));
   * await reactor.advance(4);
   * // → at 0: 1
   * // → at 3: 3
   * ```
   */
  static withCount(
    clock: Pick<ReactorTime, "callLater" | "seconds">,
    f: (count: number) => unknown,
  ): LoopingCall {
    const call: LoopingCall = new LoopingCall(
      clock,
      named(() => f(call.#takeCount()), f.name),
    );
    return call;
  }

  /** From start() until stop(), or until the function fails. */
  get running(): boolean {
    return this.#running;
  }

  /**
   * Begins; the first call is made before this returns, or after one interval if `now` is false.
   * An interval of 0 calls in every turn. The Deferred fires with this when it is stopped (after
   * the iteration under way has ended), and fails when the function does, which ends the loop.
   * Cancelling it stops the loop, and cancels the iteration under way.
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
    const done = (this.#done = new Deferred<this>(() => this.#cancel()));
    this.#running = true;
    this.#interval = intervalSeconds;
    this.#beginGrid();
    // The call at the start counts for one interval.
    this.#countedTick = now ? -1 : 0;
    this.#countedAt = undefined;
    this.#carried = 0;
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
    this.#beginGrid();
    this.#carryCount();
    if (this.#call === undefined) return;
    this.#call.cancel();
    this.#schedule();
  }

  #beginGrid(): void {
    this.#startedAt = this.#clock.seconds();
    this.#tick = 0;
  }

  #cancel(): void {
    if (this.#running) this.stop();
    this.#iteration?.cancel();
  }

  #iterate(): void {
    this.#call = undefined;
    this.#iteration = maybeDeferred(this.#f);
    this.#iteration
      .addCallback(() => {
        this.#iteration = undefined;
        if (this.#running) this.#schedule();
        else this.#finish(this);
      })
      .addErrback((failure) => {
        // The function's, or of a clock that takes no further call.
        this.#iteration = undefined;
        this.#running = false;
        this.#finish(failure);
      });
  }

  #schedule(): void {
    this.#call = this.#clock.callLater(this.#untilNext(), this.#next);
  }

  /** Seconds until the next time on the grid that is later than now. */
  #untilNext(): number {
    if (this.#interval === 0) return 0;
    const now = this.#clock.seconds();
    // An alarm may come a little early, or a time be rounded down: no tick is served twice.
    this.#tick = Math.max(this.#tick, this.#ticksUntil(now)) + 1;
    return Math.max(0, this.#timeOf(this.#tick) - now);
  }

  /** The intervals since the last count, up to now or to the tick that is being served. */
  #takeCount(): number {
    if (this.#interval === 0) return 1;
    const now = this.#clock.seconds();
    this.#tick = Math.max(this.#tick, this.#ticksUntil(now));
    const count = this.#carried + this.#tick - this.#countedTick;
    this.#carried = 0;
    this.#countedTick = this.#tick;
    // A call that is early serves the time on the grid that is to come.
    this.#countedAt = Math.max(now, this.#timeOf(this.#tick));
    return count;
  }

  /** The grid has begun anew: what passed before on the old one is counted with the next. */
  #carryCount(): void {
    this.#countedTick = 0;
    if (this.#countedAt === undefined || this.#interval === 0) return;
    const sinceCount = (this.#startedAt - this.#countedAt) / this.#interval;
    this.#carried = Math.max(0, Math.floor(sinceCount));
  }

  /** How many times on the grid have come by now. */
  #ticksUntil(now: number): number {
    const ticks = Math.floor((now - this.#startedAt) / this.#interval);
    // The quotient may be rounded down to just below a whole number.
    return this.#timeOf(ticks + 1) <= now ? ticks + 1 : ticks;
  }

  #timeOf(tick: number): number {
    return this.#startedAt + tick * this.#interval;
  }

  #finish(result: this | Failure): void {
    const done = this.#done;
    this.#done = undefined;
    // Cancelled, it does not wait for an iteration that goes on all the same.
    if (done?.called === false) done.callback(result);
  }
}

function named<R>(action: () => R, name: string): () => R {
  return Object.defineProperty(action, "name", { value: name || "LoopingCall" });
}
