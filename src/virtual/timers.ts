/** The timers of a process on virtual time, with the laws of Node's. */
import { AsyncResource } from "node:async_hooks";
import type { Happening, VirtualTime } from "../reactor/virtual-time.ts";

/** As with Node's timers: a longer delay becomes 1 ms. */
const DELAY_MAX_MS = 2 ** 31 - 1;

export type TimerKind = "setTimeout" | "setInterval" | "setImmediate";
export type Callback = (...args: unknown[]) => unknown;

/** What timers need of whoever has them. */
export interface TimersParts {
  time: VirtualTime;
  readonly report: (error: unknown, doing: string) => void;
}

/** All timers of one process. */
export class VirtualTimers {
  readonly #report: TimersParts["report"];
  #time: VirtualTime;
  /** Those that wait, by their numbers as texts, in the order in which they were started. */
  readonly #waiting = new Map<string, VirtualTimer>();
  /** The one whose callback runs: an interval may be cleared from inside. */
  #called: VirtualTimer | undefined = undefined;
  #ids = 0;

  constructor({ time, report }: TimersParts) {
    this.#time = time;
    this.#report = report;
  }

  /** Calls back after so many milliseconds; an immediate after all that is due already. */
  start(kind: TimerKind, callback: Callback, delayMs: unknown, args: unknown[]): VirtualTimer {
    const timer = new VirtualTimer(this, ++this.#ids, kind, toDelay(kind, delayMs), () =>
      Reflect.apply(callback, timer, args),
    );
    this.arm(timer);
    return timer;
  }

  /** The timer that a number or a text, made of one, stands for. */
  find(id: unknown): VirtualTimer | undefined {
    const key = String(id);
    return this.#waiting.get(key) ?? (key === String(this.#called?.id) ? this.#called : undefined);
  }

  /** What waits goes on waiting on another time, each for what is left. */
  moveTo(time: VirtualTime): void {
    const now = this.#time.seconds();
    this.#time = time;
    const waiting = [...this.#waiting.values()].sort((a, b) => a.due - b.due);
    for (const timer of waiting) this.arm(timer, Math.max(timer.due - now, 0));
  }

  /** What waits will not happen any more. */
  clear(): void {
    for (const timer of this.#waiting.values()) timer.close();
  }

  // --- for the timers ---

  arm(timer: VirtualTimer, seconds: number = timer.delayMs / 1000): void {
    this.disarm(timer);
    this.#waiting.set(String(timer.id), timer);
    timer.due = this.#time.seconds() + seconds;
    timer.happening = this.#time.happen(seconds, timer.kind, () => this.#happen(timer));
    timer.happening.background = !timer.hasRef();
  }

  disarm(timer: VirtualTimer): void {
    this.#waiting.delete(String(timer.id));
    timer.happening?.cancel();
    timer.happening = undefined;
  }

  isWaiting(timer: VirtualTimer): boolean {
    return this.#waiting.has(String(timer.id));
  }

  #happen(timer: VirtualTimer): void {
    this.disarm(timer);
    this.#called = timer;
    try {
      timer.call();
    } catch (error) {
      this.#report(error, `running a callback of ${timer.kind}`);
    } finally {
      this.#called = undefined;
    }
  }
}

/** What setTimeout() and its like return: Node's Timeout, or Immediate. */
export class VirtualTimer extends AsyncResource {
  readonly id: number;
  readonly kind: TimerKind;
  readonly delayMs: number;
  /** When it is due, on the time that it waits on. */
  due = 0;
  happening: Happening | undefined = undefined;
  readonly #timers: VirtualTimers;
  readonly #callback: () => unknown;
  #hasRef = true;
  /** Cleared, so that an interval is not started again. */
  #closed = false;

  constructor(
    timers: VirtualTimers,
    id: number,
    kind: TimerKind,
    delayMs: number,
    callback: () => unknown,
  ) {
    super("VirtualTimer");
    this.#timers = timers;
    this.id = id;
    this.kind = kind;
    this.delayMs = delayMs;
    this.#callback = callback;
  }

  /** Runs the callback in the context in which the timer was started. */
  call(): void {
    try {
      this.runInAsyncScope(this.#callback);
    } finally {
      const again = this.kind === "setInterval" && !this.#closed;
      if (again && !this.#timers.isWaiting(this)) this.#timers.arm(this);
    }
  }

  ref(): this {
    return this.#setRef(true);
  }

  /** From now on it keeps no run going: what is left alone with such timers ends. */
  unref(): this {
    return this.#setRef(false);
  }

  hasRef(): boolean {
    return this.#hasRef;
  }

  /** Begins anew, also when it has run, but not when it was cleared. */
  refresh(): this {
    if (!this.#closed) this.#timers.arm(this);
    return this;
  }

  close(): this {
    this.#closed = true;
    this.#timers.disarm(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  #setRef(hasRef: boolean): this {
    this.#hasRef = hasRef;
    if (this.happening !== undefined) this.happening.background = !hasRef;
    return this;
  }
}

// Node 20 has the symbol, but compilers for older ones do not know what to make of it in a class.
Object.defineProperty(VirtualTimer.prototype, Symbol.dispose, {
  value(this: VirtualTimer) {
    this.close();
  },
  writable: true,
  configurable: true,
});

function toDelay(kind: TimerKind, delayMs: unknown): number {
  if (kind === "setImmediate") return 0;
  const delay = Number(delayMs);
  return delay >= 1 && delay <= DELAY_MAX_MS ? Math.trunc(delay) : 1;
}
