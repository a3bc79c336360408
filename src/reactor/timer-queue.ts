/**
 * The one timer queue, shared by all backends: calls in order of their due times, those of equal
 * times in the order they were started.
 *
 * A 4-ary heap. Cancelling and pushing back are lazy: the entry stays where it is, and is dropped
 * or put in its right place when it comes to the top. When over half of the entries are dead, the
 * heap is rebuilt without them, so that what is cancelled does not stay in memory.
 */
import { BadOptionError } from "../core/errors.ts";
import type { DelayedCall } from "./capabilities.ts";
import { AlreadyCancelledError, AlreadyRunError } from "./errors.ts";

const PENDING = 0;
const RUN = 1;
const CANCELLED = 2;

/** Below this many entries the dead ones are not worth looking for. */
const PRUNE_FROM = 64;

export class Timer implements DelayedCall {
  /** When it is due. */
  time: number;
  /** Breaks ties: when it was started, or last moved. */
  order: number;
  /** The place in the heap is by these, which may lag behind `time` and `order`. */
  heapTime: number;
  heapOrder: number;
  /** Its index in the heap; -1 while the pass that will call it is under way, and afterwards. */
  index = -1;
  state: number = PENDING;
  /** What it returns is of use to the one who calls it by hand; see {@link TimerQueue.takeDue}. */
  action: () => unknown;
  readonly #queue: TimerQueue;

  constructor(queue: TimerQueue, time: number, order: number, action: () => unknown) {
    this.#queue = queue;
    this.time = this.heapTime = time;
    this.order = this.heapOrder = order;
    this.action = action;
  }

  getTime(): number {
    return this.time;
  }

  get active(): boolean {
    return this.state === PENDING;
  }

  /** Marks it as run; false if another call of its pass cancelled it, or moved it away. */
  begin(): boolean {
    if (this.state !== PENDING || this.index >= 0) return false;
    this.state = RUN;
    return true;
  }

  cancel(): void {
    this.#assertActive();
    this.state = CANCELLED;
    this.action = nothing;
    this.#queue.dropped(this);
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
  #heap: Timer[] = [];
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
    const timer = new Timer(this, this.now() + delaySeconds, ++this.#orders, action);
    timer.index = this.#heap.push(timer) - 1;
    this.#siftUp(timer.index);
    this.#changed(timer.time);
    return timer;
  }

  /** When the next call is due; Infinity when there is none. */
  next(): number {
    this.#settleTop();
    return this.#heap[0]?.time ?? Infinity;
  }

  active(): Timer[] {
    return this.#heap.filter((timer) => timer.state === PENDING);
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
    while (this.next() <= now) due.push(this.#pop());
    return due;
  }

  dropped(timer: Timer): void {
    if (timer.index < 0) return;
    this.#dead++;
    if (this.#heap.length >= PRUNE_FROM && this.#dead * 2 > this.#heap.length) this.#prune();
  }

  move(timer: Timer, time: number): void {
    timer.time = time;
    timer.order = ++this.#orders;
    if (timer.index < 0 || time < timer.heapTime) {
      if (timer.index < 0) timer.index = this.#heap.push(timer) - 1;
      place(timer);
      this.#siftUp(timer.index);
    }
    this.#changed(time);
  }

  /** Drops dead entries from the top, and puts those that were pushed back in their places. */
  #settleTop(): void {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined) return;
      if (top.state !== PENDING) {
        this.#pop();
        this.#dead--;
      } else if (top.heapOrder !== top.order) {
        place(top);
        this.#siftDown(0);
      } else {
        return;
      }
    }
  }

  #prune(): void {
    for (const timer of this.#heap) timer.index = -1;
    this.#heap = this.active();
    this.#dead = 0;
    this.#heap.forEach((timer, index) => {
      place(timer);
      timer.index = index;
    });
    for (let i = (this.#heap.length - 2) >> 2; i >= 0; i--) this.#siftDown(i);
  }

  #pop(): Timer {
    const heap = this.#heap;
    const top = heap[0] as Timer;
    const last = heap.pop() as Timer;
    if (last !== top) {
      heap[0] = last;
      this.#siftDown(0);
    }
    top.index = -1;
    return top;
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    const timer = heap[from] as Timer;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      const above = heap[parent] as Timer;
      if (!before(timer, above)) break;
      heap[i] = above;
      above.index = i;
      i = parent;
    }
    heap[i] = timer;
    timer.index = i;
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const timer = heap[from] as Timer;
    let i = from;
    for (;;) {
      const first = i * 4 + 1;
      if (first >= heap.length) break;
      let least = first;
      const end = Math.min(first + 4, heap.length);
      for (let child = first + 1; child < end; child++) {
        if (before(heap[child] as Timer, heap[least] as Timer)) least = child;
      }
      const below = heap[least] as Timer;
      if (!before(below, timer)) break;
      heap[i] = below;
      below.index = i;
      i = least;
    }
    heap[i] = timer;
    timer.index = i;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.heapTime < b.heapTime || (a.heapTime === b.heapTime && a.heapOrder < b.heapOrder);
}

/** Gives it the place that its time and order ask for. */
function place(timer: Timer): void {
  timer.heapTime = timer.time;
  timer.heapOrder = timer.order;
}

function finite(seconds: number): number {
  if (!Number.isFinite(seconds)) {
    throw new BadOptionError(`a delay must be a number of seconds, not ${seconds}`);
  }
  return seconds;
}

function nothing(): void {}
