import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { Deferred, fireRaw } from "../defer/deferred.ts";
import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";
import {
  abandon,
  CooperativeTask,
  endWith,
  type Schedule,
  step,
  type Steps,
} from "./cooperative-task.ts";
import { SchedulerStoppedError } from "./errors.ts";

/** So long tasks may hold up everything else. */
const SLICE_SECONDS = 0.01;
/** So many steps cost far more than the turn between two slices, even if each does nothing. */
const SLICE_STEPS_MAX = 1000;
const TASKS_MAX = 100_000;

/** Options of a {@link Cooperator}. */
export interface CooperatorOptions {
  /** Whether it steps what it gets at once, or only from start() on; true unless given. */
  readonly started?: boolean;
  /** Seconds of the clock after which a slice ends; 0.01 unless given. */
  readonly sliceSeconds?: number;
  /** The steps in a slice, at most; 1000 unless given. */
  readonly sliceStepsMax?: number;
  /**
   * So many tasks may be there that have not ended, those that wait or are paused among them;
   * 100,000 unless given, Infinity for no limit. One more throws QueueFullError.
   */
  readonly tasksMax?: number;
  /**
   * Decides in place of the two above: called at the beginning of a slice, it gives a function that
   * is called after each step, and tells whether the slice is to end.
   */
  readonly terminationPredicateFactory?: () => () => boolean;
}

/**
 * Does several pieces of long work side by side, in steps, so that none of them, nor all together,
 * hold up the reactor. The work is an iterator: a generator that yields after each step. Tasks are
 * stepped in turn, in the order they were added. One that yields a Deferred (or a promise) waits
 * for it and is then last in the row; its failure is the task's.
 *
 * Steps are made in slices, each in a turn of the clock's own (a reactor's `callLater(0)`). A slice
 * ends after 10 ms on the clock, or after 1000 steps: on virtual time none passes while code runs,
 * and what is due at that time gets its turn all the same.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { Cooperator, deferLater } from "skein/task";
 *
 * const reactor = createReactor("clock");
 * const cooperator = new Cooperator(reactor);
 *
 * function* brew(drink: string) {
 *   console.log(`${drink}: the water is on`);
 *   yield deferLater(reactor, 60);
 *   if (drink === "mud") throw new TypeError("nobody drinks mud");
 *   console.log(`${drink}: ready`);
 * }
 *
 * cooperator.coiterate(brew("tea"));
 * cooperator.coiterate(brew("mud")).addErrback((failure) => console.log(failure.message));
 * await reactor.advance(60);
 * // → tea: the water is on
 * // → mud: the water is on
 * // → tea: ready
 * // → TypeError: nobody drinks mud
 * ```
 *
 * Tasks that share one iterator work it off together: as many as there are tasks are under way.
 */
export class Cooperator {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #beginSlice: () => () => boolean;
  readonly #tasksMax: number;
  /** How many tasks have not ended. */
  #alive = 0;
  // A set's iterator goes on when members leave, and comes to those that are added.
  readonly #tasks = new Set<CooperativeTask>();
  /** The round under way: a slice goes on where the one before has ended. */
  #round: Iterator<CooperativeTask> = this.#tasks.values();
  #started: boolean;
  #stopped = false;
  #call: DelayedCall | undefined = undefined;
  /** A slice sees to the next one at its end: tasks that come and go in it need no delayed call. */
  #inSlice = false;
  readonly #schedule: Schedule = {
    begin: () => void this.#alive++,
    end: () => void this.#alive--,
    add: (task) => this.#add(task),
    remove: (task) => this.#remove(task),
  };

  /** @throws BadOptionError for a slice that could make no step, or room for no task. */
  constructor(
    clock: Pick<ReactorTime, "callLater" | "seconds">,
    {
      started = true,
      sliceSeconds = SLICE_SECONDS,
      sliceStepsMax = SLICE_STEPS_MAX,
      tasksMax = TASKS_MAX,
      terminationPredicateFactory,
    }: CooperatorOptions = {},
  ) {
    if (!(sliceSeconds >= 0)) {
      throw new BadOptionError(`sliceSeconds must be 0 or more, not ${sliceSeconds}`);
    }
    if (!(sliceStepsMax >= 1)) {
      throw new BadOptionError(`sliceStepsMax must be 1 or more, not ${sliceStepsMax}`);
    }
    if (!(tasksMax >= 1)) throw new BadOptionError(`tasksMax must be 1 or more, not ${tasksMax}`);
    this.#clock = clock;
    this.#tasksMax = tasksMax;
    this.#started = started;
    this.#beginSlice =
      terminationPredicateFactory ?? (() => sliceOf(clock, sliceSeconds, sliceStepsMax));
  }

  /** Whether it steps its tasks: from start() to stop(). */
  get running(): boolean {
    return this.#started && !this.#stopped;
  }

  /**
   * Adds work: an iterator or iterable, also an async one. Its first step is made in a later turn.
   * Once stopped, it takes no work: the task has then failed with SchedulerStoppedError already.
   *
   * @throws QueueFullError when there are `tasksMax` already: the work is not begun.
   */
  cooperate<S extends Steps>(steps: S): CooperativeTask<S> {
    if (this.#alive >= this.#tasksMax && !this.#stopped) {
      throw new QueueFullError(`the cooperator has ${this.#alive} tasks already`);
    }
    return new CooperativeTask(steps, this.#schedule);
  }

  /**
   * As cooperate(), but gives a Deferred for the end, as whenDone() does. As nobody else has a
   * handle on the work, cancelling it stops the work, and cancels what that waits for; it fails
   * with CancelledError at once.
   *
   * @throws QueueFullError as cooperate()
   */
  coiterate<S extends Steps>(steps: S): Deferred<S> {
    const task = this.cooperate(steps);
    const done = new Deferred<S>(() => abandon(task));
    task.whenDone().addBoth((result) => fireRaw(done, result));
    return done;
  }

  /** Begins to step the tasks; after a stop(), those that are still waiting or new. */
  start(): void {
    this.#started = true;
    this.#stopped = false;
    this.#scheduleSlice();
  }

  /**
   * Ends all tasks, with SchedulerStoppedError for who waits for them; those that are paused or
   * wait for a Deferred when they would go on, unless it has been started again by then.
   */
  stop(): void {
    this.#stopped = true;
    // One that is told may end others, or start it again and add new ones.
    const tasks = [...this.#tasks];
    for (const task of tasks) {
      if (this.#tasks.has(task)) endWith(task, new SchedulerStoppedError());
    }
  }

  #add(task: CooperativeTask): void {
    if (this.#stopped) {
      endWith(task, new SchedulerStoppedError());
      return;
    }
    this.#tasks.add(task);
    this.#scheduleSlice();
  }

  #remove(task: CooperativeTask): void {
    this.#tasks.delete(task);
    if (this.#tasks.size > 0) return;
    this.#call?.cancel();
    this.#call = undefined;
  }

  #scheduleSlice(): void {
    if (!this.running || this.#inSlice || this.#call !== undefined) return;
    if (this.#tasks.size === 0) return;
    this.#call = this.#clock.callLater(0, () => this.#slice());
  }

  #slice(): void {
    this.#call = undefined;
    this.#inSlice = true;
    try {
      const isOver = this.#beginSlice();
      do {
        const task = this.#next();
        if (task === undefined) break;
        step(task);
      } while (!isOver());
    } finally {
      this.#inSlice = false;
      this.#scheduleSlice();
    }
  }

  /** The next in the row; the first one again after the last. */
  #next(): CooperativeTask | undefined {
    const next = this.#round.next();
    if (next.done !== true) return next.value;
    this.#round = this.#tasks.values();
    return this.#round.next().value as CooperativeTask | undefined;
  }
}

/** When a slice that begins now is over. */
function sliceOf(
  clock: Pick<ReactorTime, "seconds">,
  seconds: number,
  stepsMax: number,
): () => boolean {
  const end = clock.seconds() + seconds;
  let steps = 0;
  return () => ++steps >= stepsMax || clock.seconds() >= end;
}
