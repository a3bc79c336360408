/** Sinon's fake timers, on a reactor's virtual time. */
import { BadOptionError, SkeinError } from "../core/errors.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { type Happening, type VirtualTime, virtualTimeOf } from "../reactor/virtual-time.ts";

/** Of the clock that `sinon.useFakeTimers()` gives, what is used here. */
export interface FakeClock {
  readonly now: number;
  tick(ms: number): unknown;
  tickAsync(ms: number): Promise<unknown>;
}

/** A joined clock was to advance inside a call, where a reactor's time cannot pass. */
export class SynchronousTickError extends SkeinError {
  override readonly name = "SynchronousTickError";
  readonly code = "ERR_SYNCHRONOUS_TICK";

  constructor(method: string, instead: string) {
    super(
      `clock.${method}() cannot take the reactor along, whose time passes only while somebody ` +
        `awaits it: await clock.${instead}, or reactor.advance()`,
    );
  }
}

/** How far sinon's clock looks for its next timer. */
const NO_TIMER = Infinity;

/**
 * Joins sinon's fake timers to a reactor on `clock`: from now on the two are one clock. Whoever
 * lets the reactor's time pass has the fake timers fire in between, each at its time; and
 * `clock.tickAsync()` lets the reactor's time pass. So code that uses setTimeout and Date runs on
 * the same virtual time as what uses the reactor.
 *
 * ```ts
 * import sinon from "sinon";
 * import { createReactor } from "skein/reactor";
 * import { joinSinon } from "skein/testing/sinon";
 *
 * const reactor = createReactor("clock");
 * const clock = sinon.useFakeTimers();
 * const part = joinSinon(reactor, clock);
 *
 * setTimeout(() => console.log(`a timer, at ${Date.now()} ms`), 1500);
 * reactor.callLater(1, () => console.log(`the reactor, at ${Date.now()} ms`));
 * reactor.callLater(2, () => console.log(`the reactor, at ${Date.now()} ms`));
 * await clock.tickAsync(3000); // or reactor.advance(3)
 * // → the reactor, at 1000 ms
 * // → a timer, at 1500 ms
 * // → the reactor, at 2000 ms
 *
 * part();
 * clock.restore();
 * ```
 *
 * - What is due at one time: the fake timers first, in their order; then what is the reactor's.
 * - What a fake timer throws is reported to the reactor; its other timers fire all the same.
 * - A run that drives itself goes on while there are fake timers. Leave setImmediate and its like
 *   to sinon, or not, as you please: the reactor uses Node's own.
 * - `tick()`, `next()`, `runAll()` and the others that advance inside a call throw
 *   SynchronousTickError: while that lasts, no turn of the reactor could be made. `tickAsync()` is
 *   the reactor's `advance()`; `nextAsync()` goes to the next timer or call, `runAllAsync()` until
 *   nothing is left.
 *
 * It is for tests of code that takes sinon's clock. To put a whole process with its sockets on
 * virtual time, see `skein/virtual`.
 *
 * @returns the way to part them; the clock is then as sinon has made it.
 * @throws BadOptionError for a reactor that is not on `clock`, or a clock that is not sinon's.
 */
export function joinSinon(reactor: Reactor<"clock">, clock: FakeClock): () => void {
  const time = virtualTimeOf(reactor);
  if (time === undefined) {
    throw new BadOptionError(
      `a reactor on "${reactor.backend}" keeps real time: join one on "clock"`,
    );
  }
  const timers = (clock as { timers?: unknown }).timers;
  if (typeof clock.tickAsync !== "function" || !(timers === undefined || isTimers(timers))) {
    throw new BadOptionError("this is no clock of sinon.useFakeTimers(), or of a kind not known");
  }
  return new Joint(reactor, time, clock).part;
}

type Timers = Map<unknown, { callAt: number }>;

function isTimers(timers: unknown): timers is Timers {
  return timers instanceof Map;
}

/** As sinon's clock is inside: those that wait are in `timers`, missing before the first. */
interface InternalClock extends FakeClock {
  readonly timers?: Timers;
}

class Joint {
  readonly #reactor: Reactor<"clock">;
  readonly #time: VirtualTime;
  readonly #clock: InternalClock;
  readonly #tick: (ms: number) => unknown;
  /** What sinon's clock shows at the reactor's 0 s. */
  readonly #epochMs: number;
  readonly #forget: () => void;
  readonly #replaced = new Map<string, PropertyDescriptor | undefined>();
  /** Has virtual time stop at the next fake timer. */
  #alarm: Happening | undefined = undefined;
  /** On sinon's clock. */
  #alarmMs = NO_TIMER;

  constructor(reactor: Reactor<"clock">, time: VirtualTime, clock: InternalClock) {
    this.#reactor = reactor;
    this.#time = time;
    this.#clock = clock;
    this.#tick = clock.tick.bind(clock);
    this.#epochMs = clock.now - time.seconds() * 1000;
    this.#forget = time.watch({
      busy: () => this.#arm(),
      moved: () => this.#follow(),
      verdict: () => undefined,
    });
    this.#arm();
    this.#replaceMethods();
  }

  readonly part = (): void => {
    this.#forget();
    this.#alarm?.cancel();
    for (const [name, before] of this.#replaced) {
      if (before === undefined) Reflect.deleteProperty(this.#clock, name);
      else Object.defineProperty(this.#clock, name, before);
    }
    this.#replaced.clear();
  };

  /** Sees that time stops at the next fake timer; true if that has changed. */
  #arm(): boolean {
    let next = NO_TIMER;
    for (const { callAt } of this.#clock.timers?.values() ?? []) next = Math.min(next, callAt);
    if (next === this.#alarmMs) return false;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#alarmMs = next;
    if (next < NO_TIMER) {
      const delay = Math.max(0, (next - this.#epochMs) / 1000 - this.#time.seconds());
      this.#alarm = this.#time.happen(delay, "a timer of sinon's", () => {
        this.#alarmMs = NO_TIMER;
        this.#follow();
      });
    }
    return true;
  }

  /** Sinon's clock catches up, and what is due there happens. */
  #follow(): void {
    // Virtual seconds were added up: what is due in this very moment is not to be missed.
    const nowMs = Math.round((this.#epochMs + this.#time.seconds() * 1000) * 1000) / 1000;
    for (;;) {
      try {
        this.#tick(Math.max(0, nowMs - this.#clock.now));
        return;
      } catch (error) {
        this.#reactor.reportError(error, "running a timer of sinon's");
        if (this.#clock.now >= nowMs) return;
      }
    }
  }

  #replaceMethods(): void {
    const later = {
      tickAsync: async (ms: number) => {
        await this.#reactor.advance(ms / 1000);
        return this.#clock.now;
      },
      nextAsync: async () => {
        this.#arm();
        const next = Math.min(this.#time.next?.() ?? Infinity, ...this.#callTimes());
        if (next < Infinity) {
          await this.#reactor.advance(Math.max(0, next - this.#time.seconds()));
        }
        return this.#clock.now;
      },
      runAllAsync: async () => {
        await this.#reactor.runUntilIdle();
        return this.#clock.now;
      },
    };
    const never = {
      tick: "tickAsync()",
      next: "nextAsync()",
      runAll: "runAllAsync()",
      runToLast: "tickAsync()",
      runToLastAsync: "tickAsync()",
      runToFrame: "tickAsync()",
      jump: "tickAsync()",
      setSystemTime: "tickAsync()",
      reset: "tickAsync()",
    };
    for (const [name, method] of Object.entries(later)) this.#replace(name, method);
    for (const [name, instead] of Object.entries(never)) {
      this.#replace(name, () => {
        throw new SynchronousTickError(name, instead);
      });
    }
  }

  /** Of the reactor, when it does not run: nobody has asked for its calls yet. */
  #callTimes(): number[] {
    return this.#reactor.getDelayedCalls().map((call) => call.getTime());
  }

  #replace(name: string, value: unknown): void {
    this.#replaced.set(name, Object.getOwnPropertyDescriptor(this.#clock, name));
    Object.defineProperty(this.#clock, name, { value, configurable: true, writable: true });
  }
}
