/**
 * What a service is doing, and who waits for it: the rules of starting and stopping, for one
 * service, whatever it is.
 *
 * There are two ways. Up: a rise runs one hook (privilegedStart or start). Down: a fall waits for
 * the end of a rise that was given up, if there is one, and runs the hook stop. One way is gone at
 * a time: a start waits for the fall, a stop turns a rise into a fall.
 */
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import { fork } from "../defer/fork.ts";
import { fail, succeed } from "../defer/fired.ts";
import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";
import { Audience } from "./audience.ts";
import { Work } from "./work.ts";

/** What services count their deadlines by: every reactor is one. */
export type ServiceClock = Pick<ReactorTime, "callLater" | "seconds">;

/** `preparing` and `prepared` are those of privilegedStartService(). */
export type ServiceState =
  "stopped" | "preparing" | "prepared" | "starting" | "running" | "stopping";

/** The service, as its lifecycle sees it. */
export interface Stages {
  readonly path: string;
  readonly clock: ServiceClock | undefined;
  readonly startTimeout: number | undefined;
  readonly stopTimeout: number | undefined;
  readonly prepare: (signal: AbortSignal) => unknown;
  readonly start: (signal: AbortSignal) => unknown;
  readonly stop: (signal: AbortSignal) => unknown;
  /** Told of each new state, and why, where it has failed. */
  readonly entered: (state: ServiceState, failure: Failure | undefined) => void;
}

type Goal = "prepared" | "running";

/** The way up. */
interface Rise {
  readonly goal: Goal;
  readonly wasPrepared: boolean;
  readonly audience: Audience;
  work: Work | undefined;
  deadline: DelayedCall | undefined;
  /** Why it was given up. */
  givenUp: Error | undefined;
}

/** The way down. */
interface Fall {
  readonly ended: Deferred<void>;
  /** A Deferred for its end, for each who asks; a failure that nobody asks about is reported. */
  readonly join: () => Deferred<void>;
  work: Work | undefined;
  deadline: DelayedCall | undefined;
}

export class Lifecycle {
  readonly #stages: Stages;
  #state: ServiceState = "stopped";
  #rise: Rise | undefined = undefined;
  #fall: Fall | undefined = undefined;
  /** Those who want it started when it has stopped. */
  readonly #restarts = new Audience();

  constructor(stages: Stages) {
    this.#stages = stages;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** Goes up, or joins those who wait for it. */
  rise(goal: Goal): Deferred<void> {
    switch (this.#state) {
      case "running":
        return succeed(undefined);
      case "stopping":
        return this.#restarts.join().addCallback(() => this.rise(goal));
      case "stopped":
        return this.#beginRise(goal);
      case "prepared":
        return goal === "prepared" ? succeed(undefined) : this.#beginRise(goal);
      case "preparing":
      case "starting": {
        const rise = this.#rise as Rise;
        const joined = this.#join(rise);
        if (rise.goal === "running" || goal === "prepared") return joined;
        return joined.addCallback(() => this.rise(goal));
      }
    }
  }

  /** Goes down, or joins those who wait for it. */
  fall(): Deferred<void> {
    // The last wish counts.
    this.#restarts.tell(new Failure(this.#cancelled()));
    switch (this.#state) {
      case "stopped":
        return succeed(undefined);
      case "stopping":
        return (this.#fall as Fall).join();
      case "preparing":
      case "starting": {
        const { join } = this.#giveUp(this.#rise as Rise, this.#cancelled());
        return join();
      }
      case "prepared":
      case "running": {
        const fall = this.#beginFall(undefined);
        this.#stop(fall);
        return fall.join();
      }
    }
  }

  // --- the way up ---

  #join(rise: Rise): Deferred<void> {
    return rise.audience.join(() => this.#giveUp(rise, this.#cancelled()));
  }

  #beginRise(goal: Goal): Deferred<void> {
    const { startTimeout, stopTimeout } = this.#stages;
    if (this.#stages.clock === undefined && (startTimeout ?? stopTimeout) !== undefined) {
      return fail(noClock(this.#stages.path, "it has a deadline"));
    }
    const rise: Rise = (this.#rise = {
      goal,
      wasPrepared: this.#state === "prepared",
      audience: new Audience(),
      work: undefined,
      deadline: undefined,
      givenUp: undefined,
    });
    const joined = this.#join(rise);
    rise.deadline = this.#deadline(startTimeout, "started", (error) => this.#giveUp(rise, error));
    this.#enter(goal === "running" ? "starting" : "preparing");
    // Whoever was told of that may have stopped it.
    if (rise.givenUp !== undefined) this.#risen(rise, new Failure(rise.givenUp));
    else this.#beginWork(rise);
    return joined;
  }

  #beginWork(rise: Rise): void {
    const { start, prepare } = this.#stages;
    const work = (rise.work = new Work(rise.goal === "running" ? start : prepare));
    // From inside the hook, too.
    if (rise.givenUp !== undefined) work.giveUp(rise.givenUp);
    work.ended.addCallbacks(
      () => this.#risen(rise, undefined),
      (failure) => this.#risen(rise, failure),
    );
  }

  /** The hook has ended. */
  #risen(rise: Rise, failure: Failure | undefined): void {
    if (rise.givenUp !== undefined) {
      this.#endedAfterAll(rise, failure);
      return;
    }
    this.#rise = undefined;
    cancelCall(rise.deadline);
    if (failure === undefined) {
      this.#enter(rise.goal);
      rise.audience.tell();
    } else if (rise.wasPrepared) {
      // What has been prepared is undone first; what comes of that is nobody's but the reporter's.
      const fall = this.#beginFall(failure);
      this.#stop(fall);
      fall
        .join()
        .addErrback((ofStop) => void fail(ofStop))
        .addCallback(() => rise.audience.tell(failure));
    } else {
      this.#enter("stopped", failure);
      rise.audience.tell(failure);
    }
  }

  /** Turns the rise into a fall. */
  #giveUp(rise: Rise, error: Error): Fall {
    rise.givenUp = error;
    cancelCall(rise.deadline);
    const failure = new Failure(error);
    const fall = this.#beginFall(failure);
    rise.work?.giveUp(error);
    rise.audience.tell(failure);
    return fall;
  }

  /** A rise that was given up has ended now: what it has done is undone. */
  #endedAfterAll(rise: Rise, failure: Failure | undefined): void {
    if (this.#rise === rise) this.#rise = undefined;
    // Those who waited were told why it was given up: another failure is one more.
    if (failure !== undefined && rise.work?.failedAsTold(failure) === false) fail(failure);
    const fall = this.#fall;
    if (failure !== undefined && !rise.wasPrepared) {
      if (fall !== undefined && fall.work === undefined) this.#landed(fall, undefined);
    } else if (fall !== undefined) {
      if (fall.work === undefined) this.#stop(fall);
    } else if (this.#state === "stopped") {
      // The deadline of the fall has passed meanwhile. Had it been started anew by now, nobody
      // could say what is the old start's and what the new one's.
      this.#stop(this.#beginFall(undefined));
    }
  }

  // --- the way down ---

  #beginFall(reason: Failure | undefined): Fall {
    const ended = new Deferred<void>();
    const fall: Fall = { ended, join: fork(ended), work: undefined, deadline: undefined };
    this.#fall = fall;
    const { stopTimeout } = this.#stages;
    fall.deadline = this.#deadline(stopTimeout, "stopped", (error) => {
      this.#landed(fall, new Failure(error));
      fall.work?.giveUp(error);
    });
    this.#enter("stopping", reason);
    return fall;
  }

  #stop(fall: Fall): void {
    const work = (fall.work = new Work(this.#stages.stop));
    work.ended.addCallbacks(
      () => this.#landed(fall, undefined),
      (failure) => {
        if (!fall.ended.called) this.#landed(fall, failure);
        else if (!work.failedAsTold(failure)) fail(failure);
      },
    );
  }

  #landed(fall: Fall, failure: Failure | undefined): void {
    if (fall.ended.called) return;
    cancelCall(fall.deadline);
    this.#fall = undefined;
    this.#enter("stopped", failure);
    if (failure === undefined) fall.ended.callback();
    else fall.ended.errback(failure);
    this.#restarts.tell();
  }

  // --- both ---

  #enter(state: ServiceState, failure?: Failure): void {
    this.#state = state;
    this.#stages.entered(state, failure);
  }

  #deadline(
    seconds: number | undefined,
    done: string,
    missed: (error: Error) => void,
  ): DelayedCall | undefined {
    if (seconds === undefined) return undefined;
    const { path } = this.#stages;
    return this.#stages.clock?.callLater(seconds, () => {
      missed(new TimeoutError(`the service "${path}" has not ${done} in ${seconds} seconds`));
    });
  }

  #cancelled(): CancelledError {
    return new CancelledError(`the start of the service "${this.#stages.path}" was cancelled`);
  }
}

/** There is no clock to be had, which is needed for a reason. */
export function noClock(path: string, why: string): BadOptionError {
  return new BadOptionError(
    `the service "${path}" has no clock, and ${why}: give it, or one above it, a clock (a reactor)`,
  );
}

function cancelCall(call: DelayedCall | undefined): void {
  if (call?.active === true) call.cancel();
}
