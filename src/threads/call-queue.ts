import type { PoolCall } from "./pool-call.ts";

/** The calls that wait for a worker: those of higher priority first, else in order. */
export class CallQueue {
  /** By priority, the highest first. */
  #lanes: Lane[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(call: PoolCall): void {
    const lane = this.#laneOf(call.priority);
    lane.calls.push(call);
    lane.live++;
    call.lane = lane;
    this.#size++;
  }

  /** Puts calls back that were to begin before all others of their priorities. */
  putBack(calls: readonly PoolCall[]): void {
    for (let i = calls.length - 1; i >= 0; i--) {
      const call = calls[i] as PoolCall;
      const lane = this.#laneOf(call.priority);
      if (lane.head > 0) lane.calls[--lane.head] = call;
      else lane.calls.unshift(call);
      lane.live++;
      call.lane = lane;
      this.#size++;
    }
  }

  /** The next one. */
  get first(): PoolCall | undefined {
    for (const lane of this.#lanes) {
      if (lane.live === 0) continue;
      for (;;) {
        const call = lane.calls[lane.head];
        if (call?.lane === lane) return call;
        lane.calls[lane.head++] = undefined;
      }
    }
    return undefined;
  }

  /** Takes out the next one. */
  shift(): PoolCall | undefined {
    const { first } = this;
    const lane = first?.lane;
    if (first === undefined || lane === undefined) return undefined;
    lane.calls[lane.head++] = undefined;
    this.#take(first, lane);
    // Dropping the used-up half at a time costs each call one move at most.
    if (lane.head * 2 >= lane.calls.length) {
      lane.calls.splice(0, lane.head);
      lane.head = 0;
    }
    return first;
  }

  /** Takes a call out, if it is there. */
  delete(call: PoolCall): boolean {
    const { lane } = call;
    if (lane === undefined) return false;
    this.#take(call, lane);
    // It stays in its place until most are dead, so that taking one out takes constant time.
    if (lane.calls.length - lane.head > 2 * lane.live + 64) {
      lane.calls = lane.calls.slice(lane.head).filter((other) => other?.lane === lane);
      lane.head = 0;
    }
    return true;
  }

  clear(): PoolCall[] {
    const calls: PoolCall[] = [];
    for (let call = this.shift(); call !== undefined; call = this.shift()) calls.push(call);
    return calls;
  }

  #take(call: PoolCall, lane: Lane): void {
    call.lane = undefined;
    lane.live--;
    this.#size--;
  }

  #laneOf(priority: number): Lane {
    let at = 0;
    for (const lane of this.#lanes) {
      if (lane.priority === priority) return lane;
      if (lane.priority < priority) break;
      at++;
    }
    // Priorities nobody uses any more are forgotten; there are as many as people make up.
    const made: Lane = { priority, calls: [], head: 0, live: 0 };
    this.#lanes.splice(at, 0, made);
    if (this.#lanes.length > 16) {
      this.#lanes = this.#lanes.filter((lane) => lane === made || lane.live > 0);
    }
    return made;
  }
}

/** The calls of one priority. */
export interface Lane {
  readonly priority: number;
  /** From `head` on: those whose `lane` is another have been taken out. */
  calls: (PoolCall | undefined)[];
  head: number;
  live: number;
}
