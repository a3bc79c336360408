import { CannotCrossError } from "../core/crossing.ts";
import { defined } from "../core/defined.ts";
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { BarrierAction, type NamedAction } from "./barrier-action.ts";
import {
  type BarrierLook,
  BarrierState,
  nextGeneration,
  outcomeOf,
  PARTIES_MAX,
} from "./barrier-state.ts";
import { BrokenBarrierError } from "./errors.ts";
import { FIRST_WORD, SharedMemory } from "./shared-memory.ts";
import { SharedObject } from "./shared-object.ts";
import { type Attempt, NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";
import { deadlineIn, secondsLeft } from "./sleep.ts";

const STATE = FIRST_WORD;
const PARTIES = STATE + 2;
/** Told when a generation has ended: those who are in it, and those who wait for the next. */
const ENDED = PARTIES + 1;
const OPENED = ENDED + SIGNAL_WORDS;
/** The threads of those who have arrived. */
const ARRIVED = OPENED + SIGNAL_WORDS;

export interface BarrierOptions {
  /**
   * Called by the last to arrive, before anybody goes on: a function; or, for a barrier that
   * crosses to workers, the name of one, made by `worker()` of skein/threads.
   */
  action?: (() => unknown) | NamedAction;
  /** Seconds that `waitSync()` waits unless it is told; no limit unless given. */
  timeout?: number;
}

/** What crosses of a barrier. */
export interface CrossedBarrier {
  readonly memory: SharedArrayBuffer;
  readonly action: NamedAction | undefined;
  readonly timeout: number | undefined;
}

/** One who has arrived. */
interface Arrival {
  readonly generation: number;
  readonly index: number;
}

/**
 * A place where so many meet before they all go on; then again.
 *
 * ```ts
 * import { Barrier } from "skein/threading";
 *
 * const barrier = new Barrier(2, { action: () => console.log("all are here") });
 * barrier.wait().addCallback((index) => console.log("on we go", index));
 * barrier.wait().addCallback((index) => console.log("on we go", index));
 * await new Promise((resolve) => setImmediate(resolve));
 * // → all are here
 * // → on we go 1
 * // → on we go 0
 * ```
 *
 * It breaks, for all, when one of them gives up, when the action fails, when a thread ends that has
 * arrived, or by {@link abort}: they get a BrokenBarrierError, and so do all who come, until
 * {@link reset}.
 */
export class Barrier extends SharedObject {
  /** How many meet. */
  readonly parties: number;
  readonly #memory: SharedMemory;
  readonly #state: BarrierState;
  readonly #ended: Signal;
  readonly #opened: Signal;
  readonly #action: BarrierAction | undefined;
  readonly #timeout: number | undefined;

  /**
   * @param parties how many meet, 1 to 32,767.
   * @throws BadOptionError
   */
  constructor(
    parties: number | SharedArrayBuffer,
    { action, timeout }: BarrierOptions | { action?: BarrierAction; timeout?: number } = {},
  ) {
    if (typeof parties === "number") checkParties(parties);
    const memory = new SharedMemory(typeof parties === "number" ? ARRIVED + parties : parties);
    if (typeof parties === "number") memory.words[PARTIES] = parties;
    const signals = [new Signal(memory, ENDED), new Signal(memory, OPENED)] as const;
    const acting =
      action === undefined || action instanceof BarrierAction ? action : new BarrierAction(action);
    const data = (): CrossedBarrier => {
      if (acting !== undefined && acting.named === undefined) {
        throw new CannotCrossError(
          "a barrier with a function for its action cannot cross to a worker: " +
            "name the function by worker() of skein/threads",
        );
      }
      return { memory: memory.cross(), action: acting?.named, timeout };
    };
    super(memory, {
      module: import.meta.url,
      name: "reviveBarrier",
      data,
      signals,
      mend: (thread) => this.#mend(thread),
      twin: () =>
        new Barrier(memory.cross(), {
          ...(acting === undefined ? {} : { action: acting }),
          ...(timeout === undefined ? {} : { timeout }),
        }),
    });
    this.parties = memory.words[PARTIES] as number;
    this.#memory = memory;
    this.#state = new BarrierState(memory.buffer, STATE);
    [this.#ended, this.#opened] = signals;
    this.#action = acting;
    this.#timeout = timeout;
  }

  /** How many have arrived, and wait for the others. */
  get nWaiting(): number {
    const { arrived, broken } = this.#state.look();
    return broken ? 0 : arrived;
  }

  get broken(): boolean {
    return this.#state.look().broken;
  }

  /**
   * Fires when all have come, with the number of those who came before the caller: 0 to
   * `parties` - 1, so that each may do a part of its own. Cancelling breaks the barrier, unless the
   * caller waits for an earlier meeting to be over. What the action throws is the error of its
   * caller.
   */
  wait(): Deferred<number> {
    return this.#opened.when(this.#arrival(true)).addCallback((arrival) => {
      const met =
        arrival.index === this.parties - 1
          ? maybeDeferred(() => this.#action?.call())
          : this.#ended.when(this.#meeting(arrival));
      return met
        .addCallback(() => {
          if (arrival.index === this.parties - 1) this.#complete(arrival);
          return arrival.index;
        })
        .addErrback((failure) => {
          this.#break(arrival.generation);
          return failure;
        })
        .addBoth((result) => {
          this.#left(arrival);
          return result;
        });
    });
  }

  /**
   * The same, blocking, for workers. Time that is up breaks the barrier, as any other error does.
   *
   * @throws BrokenBarrierError, TimeoutError, WouldBlockError, what the action throws
   */
  waitSync(seconds: number | undefined = this.#timeout): number {
    const until = deadlineIn(seconds);
    const arrival = this.#opened.wait(this.#arrival(false), seconds, "waitSync()", "wait()");
    try {
      if (arrival.index === this.parties - 1) {
        this.#action?.callSync();
        this.#complete(arrival);
      } else {
        const attempt = this.#meeting(arrival);
        this.#ended.wait(attempt, secondsLeft(until), "waitSync()", "wait()");
      }
      return arrival.index;
    } catch (error) {
      this.#break(arrival.generation);
      throw error;
    } finally {
      this.#left(arrival);
    }
  }

  /** Breaks it: those who wait, and all who come, fail with BrokenBarrierError. */
  abort(): void {
    this.#change((look) => ({ ...look, broken: true }));
  }

  /** Makes it as new. Those who wait fail with BrokenBarrierError. */
  reset(): void {
    this.#change((look) => nextGeneration(look, false));
  }

  /** @param deferred whether it will wait by a Deferred: the reactor's thread may, then. */
  #arrival(deferred: boolean): Attempt<Arrival> {
    return () => {
      const look = this.#state.change((now) => {
        if (now.broken) throw new BrokenBarrierError();
        // The last one is about to act.
        if (now.arrived === this.parties) return undefined;
        if (!deferred && now.arrived < this.parties - 1) {
          this.#ended.assertMaySleep("waitSync()", "wait()");
        }
        return { ...now, arrived: now.arrived + 1 };
      });
      if (look === undefined) return NOT_YET;
      const { words, thread } = this.#memory;
      Atomics.store(words, ARRIVED + look.arrived, thread);
      return { generation: look.generation, index: look.arrived };
    };
  }

  #meeting({ generation }: Arrival): Attempt<void> {
    return () => {
      const outcome = outcomeOf(generation, this.#state.look());
      if (outcome === "broken") throw new BrokenBarrierError();
      return outcome === "waits" ? NOT_YET : undefined;
    };
  }

  /** All have come, and may go on. */
  #complete({ generation }: Arrival): void {
    const done = this.#change((now) =>
      outcomeOf(generation, now) === "waits" ? nextGeneration(now, true) : undefined,
    );
    if (!done) throw new BrokenBarrierError();
  }

  #break(generation: number): void {
    this.#change((now) =>
      outcomeOf(generation, now) === "waits" ? { ...now, broken: true } : undefined,
    );
  }

  #change(change: (look: BarrierLook) => BarrierLook | undefined): boolean {
    if (this.#state.change(change) === undefined) return false;
    this.#ended.fire();
    this.#opened.fire();
    return true;
  }

  #left({ index }: Arrival): void {
    const { words, thread } = this.#memory;
    Atomics.compareExchange(words, ARRIVED + index, thread, 0);
  }

  /** Breaks it if the thread was among those who have arrived. */
  #mend(thread: number): void {
    const { generation, arrived } = this.#state.look();
    for (let index = 0; index < arrived; index++) {
      const found = Atomics.compareExchange(this.#memory.words, ARRIVED + index, thread, 0);
      if (found === thread) this.#break(generation);
    }
  }
}

function checkParties(parties: number): void {
  if (Number.isInteger(parties) && parties >= 1 && parties <= PARTIES_MAX) return;
  throw new BadOptionError(`a barrier has 1 to ${PARTIES_MAX} parties, not ${parties}`);
}

export async function reviveBarrier(crossed: CrossedBarrier): Promise<Barrier> {
  const { memory, action: named, timeout } = crossed;
  const action = named && new BarrierAction(named);
  // First, as it belongs to the call that it is made for.
  const barrier = new Barrier(memory, defined({ action, timeout }));
  await action?.load();
  return barrier;
}
