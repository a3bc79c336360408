/** One task of a Cooperator. */
import { CancelledError } from "../defer/errors.ts";
import { Deferred, fireRaw, fromPromise } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import { fork } from "../defer/fork.ts";
import { fail } from "../defer/fired.ts";
import { waitable } from "../defer/waitable.ts";
import { NotPausedError, TaskDoneError, TaskFailedError, TaskStoppedError } from "./errors.ts";

/** Work in steps: each `next()` does one. What a step yields, the next one waits for. */
export type Steps = Iterable<unknown> | Iterator<unknown> | AsyncIterable<unknown>;

/** The Cooperator, as its tasks see it. */
export interface Schedule {
  /** One task more, of which it has not heard. */
  begin(): void;
  /** A task has ended, for good. */
  end(): void;
  /** Puts the task last in the row of those that are stepped; or ends it, when it was stopped. */
  add(task: CooperativeTask): void;
  /** Takes it out of the row. */
  remove(task: CooperativeTask): void;
}

/** Makes one step. Only for the Cooperator, as are the next two. */
export let step: (task: CooperativeTask) => void;
/** Ends the task with an error, for all who use it. */
export let endWith: (task: CooperativeTask, error: Error) => void;
/** Ends it for one who gives up: with CancelledError, and what it waits for is cancelled. */
export let abandon: (task: CooperativeTask) => void;

/** What `Cooperator.cooperate` gives: a handle on one task. */
export class CooperativeTask<S extends Steps = Steps> {
  readonly #schedule: Schedule;
  readonly #iterator: Iterator<unknown>;
  readonly #outcome = new Deferred<S>();
  readonly #consumer: () => Deferred<S>;
  readonly #steps: S;
  #pauses = 0;
  /** What the last step has yielded, until it fires. */
  #waitingFor: Deferred<unknown> | undefined = undefined;
  /** Why it makes no more steps: what pause() and stop() throw. */
  #ended: Error | undefined = undefined;
  #abandoned = false;

  /** Tasks are made by `Cooperator.cooperate`. */
  constructor(steps: S, schedule: Schedule) {
    this.#steps = steps;
    this.#iterator = iteratorOf(steps);
    this.#schedule = schedule;
    this.#consumer = fork(this.#outcome);
    // Whoever stops a task knows that it did not end; the error of one that failed is reported
    // where nobody waits for the end.
    this.#outcome.addErrback((failure) =>
      this.#ended instanceof TaskFailedError ? failure : undefined,
    );
    schedule.begin();
    schedule.add(this);
  }

  /**
   * A new Deferred for the end of the task, however often it is asked for: it fires with the
   * iterator (what `cooperate` was given) when that is exhausted; fails with what the iterator
   * threw, or what a Deferred that it yielded failed with; with TaskStoppedError, or with
   * SchedulerStoppedError. Cancelling it gives up this waiting only: the task goes on. A failure
   * for which nobody waits is reported.
   */
  whenDone(): Deferred<S> {
    return this.#consumer();
  }

  /**
   * Makes no further step until resume() was called as often as pause(). A Deferred that it waits
   * for is waited for all the same.
   *
   * @throws TaskDoneError, TaskStoppedError, TaskFailedError, SchedulerStoppedError: what ended it.
   */
  pause(): void {
    if (this.#ended !== undefined) throw this.#ended;
    this.#pauses++;
    this.#schedule.remove(this);
  }

  /** Ends one pause(): the task is then the last in the row. @throws NotPausedError */
  resume(): void {
    if (this.#pauses === 0) throw new NotPausedError();
    this.#pauses--;
    this.#proceed();
  }

  /**
   * Makes no further step: who waits for the end gets a TaskStoppedError. Neither the iterator,
   * which several tasks may share, nor a Deferred that it waits for are ended.
   *
   * @throws as pause()
   */
  stop(): void {
    if (this.#ended !== undefined) throw this.#ended;
    const error = new TaskStoppedError();
    this.#end(error, new Failure(error));
  }

  #step(): void {
    let awaited: Deferred<unknown> | undefined;
    try {
      const made = this.#iterator.next();
      // A step may have stopped its own task: then it was the last, whatever it gives.
      if (this.#ended !== undefined) return;
      if (made.done === true) {
        this.#end(new TaskDoneError(), this.#steps);
        return;
      }
      awaited = waitable(made.value);
    } catch (error) {
      if (this.#ended === undefined) this.#fail(Failure.from(error));
      // Nobody can handle it any more, so that it is reported.
      else fail(error);
      return;
    }
    if (awaited !== undefined) this.#waitFor(awaited);
  }

  #waitFor(awaited: Deferred<unknown>): void {
    this.#schedule.remove(this);
    this.#waitingFor = awaited;
    awaited.addCallbacks(
      () => {
        this.#waitingFor = undefined;
        this.#proceed();
      },
      (failure) => {
        this.#waitingFor = undefined;
        if (this.#ended === undefined) this.#fail(failure);
        // Of a task that was stopped meanwhile, it is nobody's; unless it comes of the cancelling.
        else if (!this.#abandoned) return failure;
        return undefined;
      },
    );
  }

  #proceed(): void {
    if (this.#pauses > 0 || this.#waitingFor !== undefined || this.#ended !== undefined) return;
    this.#schedule.add(this);
  }

  #fail(failure: Failure): void {
    this.#end(new TaskFailedError(failure.value), failure);
  }

  #end(ended: Error, result: S | Failure): void {
    this.#ended = ended;
    this.#schedule.remove(this);
    this.#schedule.end();
    fireRaw(this.#outcome, result);
  }

  #abandon(): void {
    if (this.#ended !== undefined) return;
    this.#abandoned = true;
    this.#end(new TaskStoppedError(), new Failure(new CancelledError()));
    this.#waitingFor?.cancel();
  }

  static {
    step = (task) => task.#step();
    endWith = (task, error) => task.#end(error, new Failure(error));
    abandon = (task) => task.#abandon();
  }
}

function iteratorOf(steps: Steps): Iterator<unknown> {
  if (Symbol.iterator in steps) return steps[Symbol.iterator]();
  if (Symbol.asyncIterator in steps) return inTurn(steps[Symbol.asyncIterator]());
  return steps;
}

/** The steps of an async iterator: each is waited for before the next. */
function* inTurn(iterator: AsyncIterator<unknown>): Generator {
  const state = { done: false };
  while (!state.done) {
    yield fromPromise(iterator.next()).addCallback(({ done, value }) => {
      state.done = done === true;
      // What it yields is waited for too, if it did not do so itself.
      return value as unknown;
    });
  }
}
