/**
 * The one timer queue, shared by all backends: calls in order of their due times, those of equal
 * times in the order they were started.
 *
 * Most calls are cancelled, or pushed back, before they are due: timeouts. So a new one is only
 * staged, and goes into the heap when somebody asks what is due next: one that is cancelled before
 * never does. Later, cancelling and pushing back are lazy: the entry stays where it is in the heap,
 * and is dropped or put in its right place when it comes to the top. When over half of the entries
 * are dead, they are all dropped, so that what is cancelled does not stay in memory.
 */
import { BadOptionError } from "../core/errors.ts";
import type { DelayedCall } from "./capabilities.ts";
import { AlreadyCancelledError, AlreadyRunError } from "./errors.ts";
import { type HeapEntry, TimerHeap } from "./timer-heap.ts";

/** Where a timer is, or what became of it. Those up to DUE are still to be called. */
const STAGED = 0;
const HEAPED = 1;
/** Taken out, by the pass that is under way. */
const DUE = 2;
const RUN = 3;
const CANCELLED = 4;

/** Below this many entries the dead ones are not worth looking for. */
const PRUNE_FROM = 64;

export class Timer implements DelayedCall, HeapEntry {
  /** When it is due. */
  time: number;
  /** Breaks ties: when it was started, or last moved. */
  order: number;
  state: number = STAGED;
  /** Its index in the heap, or among the staged. */
  index: number;
  /** What it returns is of use to the one who calls it by hand; see {@link TimerQueue.takeDue}. */
  action: () => unknown;
  readonly #queue: TimerQueue;

  constructor(
    queue: TimerQueue,
    time: number,
    order: number,
    index: number,
    action: () => unknown,
  ) {
    this.#queue = queue;
    this.time = time;
    this.order = order;
    this.index = index;
    this.action = action;
  }

  getTime(): number {
    return this.time;
  }

  get active(): boolean {
    return this.state <= DUE;
  }

  /** Marks it as run; false if another call of its pass cancelled it, or moved it away. */
  begin(): boolean {
    if (this.state !== DUE) return false;
    this.state = RUN;
    return true;
  }

  cancel(): void {
    this.#assertActive();
    this.#queue.drop(this);
    this.state = CANCELLED;
    this.action = nothing;
  }

  delay(seconds: number): void {
    this.#moveTo(this.time + finite(seconds));
  }

  reset(seconds: number): void {
    this.#moveTo(this.#queue.now() + finite(seconds));
  }

  #moveTo(time: number): void {
    this.#assertActive();
    this.#queue.move(this, time);
  }

  #assertActive(): void {
    if (this.state === RUN) throw new AlreadyRunError();
    if (this.state === CANCELLED) throw new AlreadyCancelledError();
  }
}

export class TimerQueue {
  readonly now: () => number;
  readonly #changed: (time: number) => void;
  readonly #heap = new TimerHeap<Timer>();
  readonly #staged: Timer[] = [];
  /** How many in the heap are cancelled. */
  #dead = 0;
  #orders = 0;

  /**
   * @param now the clock.
   * @param changed told of each new or earlier due time, so that the alarm can be set.
   */
  constructor(now: () => number, changed: (time: number) => void) {
    this.now = now;
    this.#changed = changed;
  }

  add(delaySeconds: number, action: () => unknown): Timer {
    if (!(delaySeconds >= 0 && delaySeconds < Infinity)) {
      throw new BadOptionError(`a delay must be 0 or more seconds, not ${delaySeconds}`);
    }
    const time = this.now() + delaySeconds;
    const timer = new Timer(this, time, ++this.#orders, this.#staged.length, action);
    this.#staged.push(timer);
    this.#changed(time);
    return timer;
  }

  /** How many entries it holds: calls to come, and cancelled ones that were not dropped yet. */
  get size(): number {
    return this.#staged.length + this.#heap.size;
  }

  /** When the next call is due; Infinity when there is none. */
  next(): number {
    this.#settle();
    return this.#heap.top?.time ?? Infinity;
  }

  active(): Timer[] {
    return this.#heap
      .entries()
      .filter(({ active }) => active)
      .concat(this.#staged);
  }

  /**
   * Has what is due now called, and returns how many those were. The set is fixed before the first
   * of them runs: what they add, even with no delay, waits for another pass.
   *
   * @param call calls the timer's action; it must not throw.
   */
  runDue(call: (timer: Timer) => void): number {
    let calls = 0;
    for (const timer of this.takeDue()) {
      if (!timer.begin()) continue;
      calls++;
      call(timer);
    }
    return calls;
  }

  /** Takes what is due now out of the queue, in order. Each is to be called if it can begin. */
  takeDue(): Timer[] {
    const now = this.now();
    const due: Timer[] = [];
    while (this.next() <= now) {
      const timer = this.#heap.pop() as Timer;
      timer.state = DUE;
      due.push(timer);
    }
    return due;
  }

  /** For a timer that is being cancelled. */
  drop(timer: Timer): void {
    if (timer.state === STAGED) {
      const last = this.#staged.pop() as Timer;
      if (last === timer) return;
      this.#staged[timer.index] = last;
      last.index = timer.index;
    } else if (timer.state === HEAPED) {
      const { size } = this.#heap;
      if (++this.#dead * 2 <= size || size < PRUNE_FROM) return;
      this.#dead = 0;
      this.#heap.filter((other) => other !== timer && other.active);
    }
  }

  /** For a timer whose time changes. */
  move(timer: Timer, time: number): void {
    timer.time = time;
    timer.order = ++this.#orders;
    if (timer.state === DUE) {
      timer.state = STAGED;
      timer.index = this.#staged.push(timer) - 1;
    } else if (timer.state === HEAPED && time < this.#heap.timeAt(timer.index)) {
      this.#heap.replace(timer);
    }
    this.#changed(time);
  }

  /**
   * Heaps what is staged, drops dead entries from the top, and puts those that were pushed back in
   * their places.
   */
  #settle(): void {
    const heap = this.#heap;
    for (const timer of this.#staged) {
      timer.state = HEAPED;
      heap.push(timer);
    }
    this.#staged.length = 0;
    for (let top = heap.top; top !== undefined; top = heap.top) {
      if (!top.active) {
        heap.pop();
        this.#dead--;
      } else if (heap.topLags) {
        heap.replace(top);
      } else {
        return;
      }
    }
  }
}

function finite(seconds: number): number {
  if (!Number.isFinite(seconds)) {
    throw new BadOptionError(`a delay must be a number of seconds, not ${seconds}`);
  }
  return seconds;
}

function nothing(): void {}
