/**
 * The reactor: one loop over one backend.
 *
 * It owns what all backends share (the timer queue, the triggers, the calls from threads) and
 * makes turns when the backend's alarm goes off. Input and output do not pass through here: a
 * backend delivers them straight to the transports.
 */
import { Deferred } from "../defer/deferred.ts";
import { atTurnEnd, reportUnhandled } from "../defer/unhandled.ts";
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { inContext } from "../core/context.ts";
import { debugging } from "../core/debugging.ts";
import { Fifo } from "../core/fifo.ts";
import { visible } from "../core/visible.ts";
import type { Driver, Loop } from "./backend.ts";
import type {
  DelayedCall,
  OpenThing,
  Phase,
  ReactorCore,
  ReactorFromThreads,
  ReactorTime,
  SystemEvent,
  TriggerId,
} from "./capabilities.ts";
import {
  ReactorAlreadyRunningError,
  ReactorNotRunningError,
  TurnInProgressError,
} from "./errors.ts";
import { tellRunBegan, tellRunEnded } from "./run-observers.ts";
import { type Openable, openThing, OpenThings, Site } from "./open-things.ts";
import { type SlowCall, SlowCalls } from "./slow-calls.ts";
import { type Timer, TimerQueue } from "./timer-queue.ts";
import { Triggers } from "./triggers.ts";

const FROM_THREAD_MAX = 1_000_000;
const DRAIN_SECONDS = 2;

/** Options of every reactor, whatever its backend. */
export interface ReactorOptions {
  /** Gets the errors that have nobody else to go to; standard error unless given. */
  onError?: (error: unknown, doing: string) => void;
  /**
   * Seconds that connections have, when the reactor stops, to send what was written; then those
   * that have not are cut off. 2 unless given; Infinity waits for them all, whatever it takes.
   */
  drainSeconds?: number;
  /**
   * Remembers where delayed calls, ports, connections and all else were made, for `inspect()` and
   * `onSlow`. Unless given, as setDebugging() says: it makes a callLater cost many times as much.
   */
  debug?: boolean;
  /**
   * Calls that take longer than this, by the reactor's clock, are told to `onSlow`: delayed calls,
   * calls from threads, startup and shutdown, protocols. Off unless given. On virtual time nothing
   * is slow.
   */
  slowCallbackSeconds?: number;
  /** Told of each slow call when it has returned; standard error unless given. */
  onSlow?: (call: SlowCall) => void;
}

type State = "idle" | "starting" | "running" | "stopping";

export class BaseReactor implements ReactorCore, ReactorTime, ReactorFromThreads, Loop {
  readonly backend: string;
  readonly drainSeconds: number;
  /** Gets the errors that are reported, where `onError` was not given. */
  logError: (error: unknown, doing: string) => void = printError;
  readonly #driver: Driver;
  readonly #onError: ((error: unknown, doing: string) => void) | undefined;
  readonly #timers: TimerQueue;
  readonly #triggers: Triggers;
  readonly #open = new OpenThings();
  /** Where delayed calls were made; only when debugging. */
  readonly #sites: WeakMap<DelayedCall, Site> | undefined;
  readonly #slow: SlowCalls | undefined;
  readonly #onSlow: (call: SlowCall) => void;
  readonly #fromThread = new Fifo<() => void>();
  #state: State = "idle";
  #running = false;
  #stopRequested = false;
  /** Work for the next turn on the reactor's own life: to start, or to stop. */
  #transition: (() => void) | undefined = undefined;
  /** Fires when the present run has ended. */
  #done: Deferred<void> | undefined = undefined;
  #wakeRequested = false;
  #turning = false;
  /** When the driver's alarm is set to go off. */
  #alarm = Infinity;
  #forgetTurnEnd = (): void => {};

  constructor(name: string, open: (loop: Loop) => Driver, options: ReactorOptions) {
    const { drainSeconds = DRAIN_SECONDS } = options;
    if (!(drainSeconds >= 0)) {
      throw new BadOptionError(`drainSeconds must be 0 or more seconds, not ${drainSeconds}`);
    }
    this.backend = name;
    this.drainSeconds = drainSeconds;
    this.#onError = options.onError;
    this.#triggers = new Triggers((error, doing) => this.reportError(error, doing));
    this.#sites = (options.debug ?? debugging) ? new WeakMap() : undefined;
    this.#onSlow = options.onSlow ?? printSlow;
    const { slowCallbackSeconds } = options;
    if (slowCallbackSeconds !== undefined) {
      const seconds = (): number => this.#driver.seconds();
      this.#slow = new SlowCalls(
        slowCallbackSeconds,
        seconds,
        (call) => this.slow(call),
        (began) => this.#driver.takeStack?.(began),
      );
    }
    this.#driver = open(this);
    this.#timers = new TimerQueue(
      () => this.#driver.seconds(),
      (time) => this.#wakeAt(time),
    );
  }

  // --- core ---

  get running(): boolean {
    return this.#running;
  }

  run(): Deferred<void> {
    if (this.#done !== undefined) throw new ReactorAlreadyRunningError();
    this.#done = new Deferred();
    this.#state = "starting";
    this.#transition = () => this.#start();
    if (this.#driver.endsTurns !== true) this.#forgetTurnEnd = atTurnEnd(() => this.wake());
    const done = this.#done;
    // First: the backend may start timers.
    tellRunBegan(this);
    this.#driver.started();
    this.wake();
    return done;
  }

  stop(): void {
    if (this.#done === undefined || this.#stopRequested) throw new ReactorNotRunningError();
    this.#stopRequested = true;
    // While it is starting, it stops when it has started.
    if (this.#state === "running") this.#beginShutdown();
  }

  crash(error?: unknown): void {
    const done = this.#done;
    if (done === undefined) throw new ReactorNotRunningError();
    this.#done = this.#transition = undefined;
    this.#state = "idle";
    this.#running = this.#stopRequested = this.#wakeRequested = false;
    this.#alarm = Infinity;
    this.#forgetTurnEnd();
    this.#forgetTurnEnd = () => {};
    const wrong = error ?? this.#driver.verdict?.();
    this.#driver.sleep();
    tellRunEnded(this);
    if (wrong === undefined) done.callback();
    else done.errback(wrong);
  }

  addSystemEventTrigger(phase: Phase, event: SystemEvent, action: () => unknown): TriggerId {
    return this.#triggers.add(phase, event, inContext(action));
  }

  removeSystemEventTrigger(id: TriggerId): void {
    this.#triggers.remove(id);
  }

  callWhenRunning(action: () => void): void {
    if (this.#running) action();
    else this.addSystemEventTrigger("after", "startup", action);
  }

  reportError(error: unknown, doing: string): void {
    try {
      (this.#onError ?? this.logError)(error, doing);
    } catch (thrown) {
      // The loop goes on; an onError that fails is an uncaught error.
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  inspect(): readonly OpenThing[] {
    const calls = this.#timers
      .active()
      .sort((a, b) => a.time - b.time || a.order - b.order)
      .map((timer) =>
        openThing("delayed call", `${nameOf(timer)}, at ${timer.time} s`, this.#sites?.get(timer)),
      );
    const waiting = this.#fromThread.length;
    const fromThreads =
      waiting === 0 ? [] : [openThing("calls from threads", `${waiting} waiting`)];
    return Object.freeze([...this.#open.list(), ...calls, ...fromThreads]);
  }

  /** What inspect() would list, counted by kind. */
  count(): ReadonlyMap<string, number> {
    const counts = this.#open.count().set("delayed call", this.#timers.active().length);
    return counts.set("calls from threads", this.#fromThread.length);
  }

  opened(kind: string, describe: () => string): () => void {
    const thing = { kind, describe };
    this.enter(thing);
    return () => this.leave(thing);
  }

  enter(thing: Openable): void {
    this.#open.add(thing, this.#site());
  }

  leave(thing: Openable): void {
    this.#open.delete(thing);
  }

  slow(call: SlowCall): void {
    try {
      this.#onSlow(call);
    } catch (error) {
      this.reportError(error, "telling of a slow call");
    }
  }

  timed<T extends object>(what: string, callee: T): T {
    return this.#slow?.timed(what, callee) ?? callee;
  }

  // --- time ---

  seconds(): number {
    return this.#driver.seconds();
  }

  /** For the function wallSeconds(): a daemon should measure by {@link seconds}. */
  wallSeconds(): number {
    return this.#driver.wallSeconds?.() ?? this.#driver.seconds();
  }

  callLater(delaySeconds: number, action: () => void): DelayedCall {
    const timer = this.#timers.add(delaySeconds, inContext(action));
    this.#sites?.set(timer, this.#site());
    return timer;
  }

  getDelayedCalls(): DelayedCall[] {
    return this.#timers.active();
  }

  // --- from threads ---

  callFromThread(action: () => void): void {
    if (this.#fromThread.length === FROM_THREAD_MAX) {
      throw new QueueFullError(`${FROM_THREAD_MAX} calls from threads wait already`);
    }
    this.#fromThread.push(inContext(action));
    this.wake();
  }

  // --- the loop ---

  wake(): void {
    this.#wakeRequested = true;
    this.#wakeAt(-Infinity);
  }

  nextWake(): number {
    if (this.#done === undefined) return Infinity;
    return this.#wakeRequested ? -Infinity : this.#timers.next();
  }

  turn(): number {
    if (this.#turning) throw new TurnInProgressError();
    if (this.#done === undefined) return 0;
    this.#turning = true;
    this.#wakeRequested = false;
    // What the turn before left unhandled: its microtasks have run by now.
    reportUnhandled();
    let calls = this.#transit();
    calls += this.#runFromThread();
    calls += this.#timers.runDue(this.#callTimer);
    this.#turning = false;
    this.#alarm = Infinity;
    this.#wakeAt(this.nextWake());
    return calls;
  }

  #wakeAt(time: number): void {
    // A turn sets the alarm once, at its end; before a run there is nothing to be woken for.
    if (time >= this.#alarm || this.#turning || this.#done === undefined) return;
    this.#alarm = time;
    this.#driver.wakeAt(time);
  }

  #transit(): number {
    const transition = this.#transition;
    if (transition === undefined) return 0;
    this.#transition = undefined;
    this.#call("starting or stopping", transition);
    return 1;
  }

  /** Calls those that were waiting when the turn began; what they add waits for the next. */
  #runFromThread(): number {
    const count = this.#fromThread.length;
    for (let i = 0; i < count; i++) {
      this.#call("running a call from a thread", this.#fromThread.shift() as () => void);
    }
    return count;
  }

  readonly #callTimer = (timer: Timer): void => {
    this.#call("running a delayed call", timer.action, timer);
  };

  /** Makes one of a turn's calls: what it throws goes no further. */
  #call(doing: string, action: () => unknown, timer?: Timer): void {
    try {
      if (this.#slow === undefined) action();
      else this.#slow.time(doing, action, timer && this.#sites?.get(timer));
    } catch (error) {
      this.reportError(error, doing);
    }
  }

  /** Where and when the caller of the present method called; where, only when debugging. */
  #site(): Site {
    return new Site(this.#driver.seconds(), this.#sites !== undefined);
  }

  #start(): void {
    const ofThisRun = this.#ofThisRun();
    this.#triggers
      .fire("before", "startup")
      .addCallback(
        ofThisRun(() => {
          this.#running = true;
          return this.#triggers.fire("during", "startup");
        }),
      )
      .addCallback(ofThisRun(() => this.#triggers.fire("after", "startup")))
      .addCallback(
        ofThisRun(() => {
          this.#state = "running";
          if (this.#stopRequested) this.#beginShutdown();
        }),
      );
  }

  #beginShutdown(): void {
    this.#state = "stopping";
    this.#transition = () => this.#shutDown();
    this.wake();
  }

  #shutDown(): void {
    const ofThisRun = this.#ofThisRun();
    this.#triggers
      .fire("before", "shutdown")
      .addCallback(ofThisRun(() => this.#driver.disconnectAll?.()))
      .addCallback(ofThisRun(() => this.#callsMade()))
      .addErrback((failure) => this.reportError(failure.value, "disconnecting everything"))
      .addCallback(ofThisRun(() => this.#triggers.fire("during", "shutdown")))
      .addCallback(ofThisRun(() => this.#triggers.fire("after", "shutdown")))
      .addCallback(ofThisRun(() => this.crash()));
  }

  /** Fires behind the calls from threads that wait now: what has ended may have left some. */
  #callsMade(): Deferred<void> | undefined {
    if (this.#fromThread.length === 0) return undefined;
    const made = new Deferred<void>();
    this.callFromThread(() => made.callback());
    return made;
  }

  /** Makes steps that are only taken while the present run lasts: it may crash between two. */
  #ofThisRun(): <R>(step: () => R) => () => R | undefined {
    const run = this.#done;
    return (step) => () => (this.#done === run ? step() : undefined);
  }
}

function nameOf({ action }: Timer): string {
  return action.name === "" ? "a function without a name" : `${action.name}()`;
}

function printSlow({ doing, seconds, createdAt, stack }: SlowCall): void {
  const arranged = createdAt === undefined ? "" : `; it was arranged\n${createdAt}`;
  const doingThen = stack === undefined ? "" : `; it was then\n${stack}`;
  console.error(`${doing} held the loop for ${seconds.toFixed(3)} s${arranged}${doingThen}`);
}

function printError(error: unknown, doing: string): void {
  console.error(`Error while ${visible(doing)}:`, error);
}
