import type { WorkerHandle } from "../reactor/workers.ts";
import type { PoolCall } from "./pool-call.ts";

/** So much work a worker may have inside it, so that it need not wait for the next call. */
const AHEAD_SECONDS = 0.001;
/** With less than two it would wait for the reactor after each call. */
const WINDOW_MIN = 2;
/** Who has been in one call for so long does not get others to hold. */
const STUCK_SECONDS = 0.005;

/** A worker of a pool, and the calls that it holds. */
export class PoolMember {
  handle!: WorkerHandle;
  /** In the order in which they were sent. */
  readonly calls: Set<PoolCall> = new Set();
  /** How many it may hold at present. */
  window: number = WINDOW_MIN;
  /** How many calls it was given, in all. */
  given = 0;
  /** Since when it has nothing to do. */
  idleSince = 0;
  /** Whether it gets no more calls. */
  retired = false;
  #finished = 0;
  /** When the count of the finished began. */
  #since = 0;
  /** How many had ended when somebody saw it change, and when that was. */
  #endedAtLook = -1;
  #lookedAt = 0;

  get idle(): boolean {
    return this.calls.size === 0;
  }

  /**
   * Whether it may get this call too. One with a transfer list does not wait inside a worker, as it
   * could go to no other one when that ends.
   */
  takes(call: PoolCall, callsMax: number): boolean {
    const { handle } = this;
    if (this.given >= callsMax || this.retired || handle.room === 0) return false;
    return call.transfer === undefined ? this.calls.size < this.window : handle.atRest;
  }

  /** @param seconds asked for the time only when that is of use: looking takes long. */
  send(call: PoolCall, seconds: () => number): void {
    this.handle.send(call);
    if (this.idle) {
      this.#finished = 0;
      this.#since = seconds();
    }
    this.calls.add(call);
    this.given++;
    call.member = this;
  }

  /**
   * A call has ended. Now and then, true: how fast they end has been measured, and it may hold as
   * many as end in a moment. Those that take long are better left to whoever is free first.
   */
  finished(call: PoolCall, seconds: () => number): boolean {
    this.calls.delete(call);
    if (++this.#finished < this.window && !this.idle) return false;
    const now = seconds();
    const each = (now - this.#since) / this.#finished;
    const ahead = Math.min(Math.floor(AHEAD_SECONDS / each), 4 * this.window);
    this.window = Math.max(WINDOW_MIN, ahead);
    this.#finished = 0;
    this.#since = now;
    return true;
  }

  /** Whether calls wait inside it for one that takes long; to be asked again and again. */
  stuck(now: number): boolean {
    const ended = this.given - this.calls.size;
    if (ended !== this.#endedAtLook) {
      this.#endedAtLook = ended;
      this.#lookedAt = now;
    }
    return this.calls.size > 1 && now - this.#lookedAt > STUCK_SECONDS;
  }

  /** Takes back calls that have not begun, the last ones first; all unless told how many. */
  takeBack(most: number = Infinity): PoolCall[] {
    const taken: PoolCall[] = [];
    for (const call of [...this.calls].reverse()) {
      // What was moved is gone: nobody else could get it.
      if (call.transfer !== undefined) break;
      if (taken.length >= most || !this.handle.revoke(call)) break;
      this.calls.delete(call);
      call.member = undefined;
      taken.push(call);
    }
    return taken.reverse();
  }
}
