import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import { ServiceTreeError } from "./errors.ts";
import { Lifecycle, noClock, type ServiceClock, type ServiceState } from "./lifecycle.ts";
import type { MultiService } from "./multi-service.ts";

export interface ServiceOptions {
  /** What it is called among its siblings; without slashes. */
  readonly name?: string;
  /** By what its deadlines are counted: a reactor. Unless given, by that of the service above. */
  readonly clock?: ServiceClock;
  /** Seconds in which it has to start; as long as it takes unless given. */
  readonly startTimeout?: number;
  /** Seconds in which it has to stop; as long as it takes unless given. */
  readonly stopTimeout?: number;
}

/** Something happened to a service: it has a new state, or says more of the one it is in. */
export interface ServiceEvent {
  readonly service: Service;
  /** Its names, from the root on: "web/pool". */
  readonly path: string;
  readonly state: ServiceState;
  /** What it does, in its own words; empty when it has said nothing. */
  readonly detail: string;
  /** Why it stops or has stopped, where that is a failure. */
  readonly failure: Failure | undefined;
}

/** How a service stands, and those below it; it does not change afterwards. */
export interface ServiceSnapshot {
  readonly path: string;
  /** The name of its class. */
  readonly kind: string;
  readonly state: ServiceState;
  readonly detail: string;
  readonly children: readonly ServiceSnapshot[];
}

/** Puts a service below another, or takes it out. Only for MultiService. */
export let setParent: (service: Service, parent: MultiService | undefined) => void;

/**
 * Something that runs for a while: it is started and stopped, both of which may take their time.
 * Derive from it, and override {@link start}, {@link stop} and, if needed, {@link privilegedStart}.
 *
 * ```ts
 * import { createReactor, deferLater, type Reactor, Service } from "skein";
 *
 * class Oven extends Service {
 *   readonly #reactor: Reactor;
 *   constructor(reactor: Reactor) {
 *     super({ name: "oven", clock: reactor, startTimeout: 900 });
 *     this.#reactor = reactor;
 *   }
 *   protected override start() {
 *     return deferLater(this.#reactor, 600, () => console.log("hot"));
 *   }
 *   protected override stop() {
 *     console.log("cold");
 *   }
 * }
 *
 * const reactor = createReactor("clock");
 * const oven = new Oven(reactor);
 * void oven.startService();
 * console.log(oven.state); // → starting
 * await reactor.advance(600); // → hot
 * console.log(oven.state); // → running
 * await oven.stopService(); // → cold
 * ```
 *
 * The hooks may return a Deferred or a promise, which is waited for. Each is called once a time: to
 * start what runs, or is starting, is one start; so with stop. A start during a stop waits for
 * its end, then starts; a stop during a start cancels it (its Deferred, and the signal that the
 * hook was given), and waits until it has ended. If that has started the service all the same, it
 * is stopped. Of a stop, a start and a stop the last wish counts.
 *
 * A start or stop that takes longer than its deadline fails with TimeoutError, which names the
 * service's path. The start is then cancelled as by a stop, the stop is given up: its signal is
 * aborted and its Deferred cancelled, and the service counts as stopped.
 */
export class Service {
  readonly startTimeout: number | undefined;
  readonly stopTimeout: number | undefined;
  readonly #lifecycle: Lifecycle;
  readonly #listeners = new Set<(event: ServiceEvent) => void>();
  #name: string | undefined = undefined;
  #clock: ServiceClock | undefined;
  #parent: MultiService | undefined = undefined;
  #detail = "";

  /** @throws BadOptionError for a name that is none, or deadlines that are none. */
  constructor(options: ServiceOptions = {}) {
    const { name, clock, startTimeout, stopTimeout } = options;
    if (name !== undefined) this.setName(name);
    assertDeadline("startTimeout", startTimeout);
    assertDeadline("stopTimeout", stopTimeout);
    this.#clock = clock;
    this.startTimeout = startTimeout;
    this.stopTimeout = stopTimeout;
    // Asked for when they are needed, but for the deadlines.
    const path = (): string => this.path;
    const inherited = (): ServiceClock | undefined => this.clock;
    this.#lifecycle = new Lifecycle({
      startTimeout,
      stopTimeout,
      get path() {
        return path();
      },
      get clock() {
        return inherited();
      },
      prepare: (signal) => this.privilegedStart(signal),
      start: (signal) => this.start(signal),
      stop: (signal) => this.stop(signal),
      entered: (_state, failure) => {
        this.#detail = "";
        this.#tell(failure);
      },
    });
  }

  // --- hooks ---

  /**
   * Does the part of the start that needs privileges: it opens ports under 1024, say. It is called
   * by {@link privilegedStartService} only; {@link start} does what it has not.
   */
  protected privilegedStart(_signal: AbortSignal): unknown {
    return undefined;
  }

  /**
   * Starts it. When it throws or fails, nothing of it may be left: {@link stop} is not called then,
   * unless privilegedStart was. The signal is aborted when the start is cancelled.
   */
  protected start(_signal: AbortSignal): unknown {
    return undefined;
  }

  /** Stops it: what start or privilegedStart has done. The signal is aborted at the deadline. */
  protected stop(_signal: AbortSignal): unknown {
    return undefined;
  }

  /** What {@link inspect} says of it where it has not said anything by {@link note}. */
  protected describe(): string {
    return "";
  }

  /** Says what it does now: those are told who observe it. It is forgotten with the next state. */
  protected note(detail: string): void {
    this.#detail = detail;
    this.#tell(undefined);
  }

  // --- starting and stopping ---

  /**
   * Starts the part that needs privileges. Fires when that is done; then they can be dropped, and
   * startService() called. Cancelling is as there.
   */
  privilegedStartService(): Deferred<void> {
    return this.#lifecycle.rise("prepared");
  }

  /**
   * Starts it. Fires when it runs; fails with what the start fails with, TimeoutError after
   * `startTimeout`, CancelledError when it is stopped before, BadOptionError when there is no clock
   * for its deadlines. Cancelling ends this waiting; if nobody else waits, it cancels the start.
   */
  startService(): Deferred<void> {
    return this.#lifecycle.rise("running");
  }

  /**
   * Stops it. Fires when it has stopped; fails with what the stop fails with, or TimeoutError after
   * `stopTimeout`; the service counts as stopped then too. Cancelling ends this waiting only.
   */
  stopService(): Deferred<void> {
    return this.#lifecycle.fall();
  }

  get state(): ServiceState {
    return this.#lifecycle.state;
  }

  /** Whether it has started, and is not being stopped. */
  get running(): boolean {
    return this.state === "running";
  }

  // --- its place ---

  get name(): string | undefined {
    return this.#name;
  }

  /** @throws ServiceTreeError in a tree, BadOptionError for a name that is none. */
  setName(name: string): void {
    if (this.#parent !== undefined) {
      throw new ServiceTreeError(`the service "${this.path}" cannot be renamed in its tree`);
    }
    if (name === "" || name.includes("/")) {
      throw new BadOptionError(`${JSON.stringify(name)} is no name for a service`);
    }
    this.#name = name;
  }

  /** The service that it is in. */
  get parent(): MultiService | undefined {
    return this.#parent;
  }

  /**
   * The names from the root to here: "web/pool". In place of a name that it has not stand its class
   * and its place among its siblings: "web/TimerService#2". A root without a name is left out.
   */
  get path(): string {
    const parent = this.#parent;
    if (parent === undefined) return this.#name ?? this.constructor.name;
    const own = this.#name ?? `${this.constructor.name}#${parent.services.indexOf(this) + 1}`;
    return parent.parent === undefined && parent.name === undefined ? own : `${parent.path}/${own}`;
  }

  /** By what deadlines are counted: its own, or that of the nearest service above. */
  get clock(): ServiceClock | undefined {
    return this.#clock ?? this.#parent?.clock;
  }

  /** Its clock from now on, and that of those below it which have none of their own. */
  setClock(clock: ServiceClock): void {
    this.#clock = clock;
  }

  /** The clock, for what cannot do without. @throws BadOptionError when there is none. */
  protected requireClock(why: string): ServiceClock {
    const { clock } = this;
    if (clock === undefined) throw noClock(this.path, why);
    return clock;
  }

  /** As `parent.addService(this)`. @throws ServiceTreeError */
  setServiceParent(parent: MultiService): Deferred<void> {
    return parent.addService(this);
  }

  /** As `parent.removeService(this)`. @throws ServiceTreeError when it is in none. */
  disownServiceParent(): Deferred<void> {
    if (this.#parent === undefined) {
      throw new ServiceTreeError(`the service "${this.path}" is in no other`);
    }
    return this.#parent.removeService(this);
  }

  // --- observing ---

  /**
   * Calls `listener` at each change, of this service and of all below it, until the returned
   * function is called; before those are told who wait for the change. What it throws is reported.
   */
  onStateChange(listener: (event: ServiceEvent) => void): () => void {
    // One of its own: the same may be added twice.
    const own = (event: ServiceEvent): void => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** How it stands at present. */
  inspect(): ServiceSnapshot {
    const { path, state } = this;
    const detail = this.#detail || this.describe();
    const kind = this.constructor.name;
    return Object.freeze({ path, kind, state, detail, children: Object.freeze([]) });
  }

  #tell(failure: Failure | undefined): void {
    let event: ServiceEvent | undefined;
    for (const at of upwards(this)) {
      for (const listener of at.#listeners) {
        const { path, state } = this;
        event ??= Object.freeze({ service: this, path, state, detail: this.#detail, failure });
        try {
          listener(event);
        } catch (error) {
          fail(error);
        }
      }
    }
  }

  static {
    setParent = (service, parent) => {
      service.#parent = parent;
    };
  }
}

/** The service, the one that it is in, and so on up to the root. */
export function* upwards(service: Service): Generator<Service, void, undefined> {
  for (let at: Service | undefined = service; at !== undefined; at = at.parent) yield at;
}

/** @throws BadOptionError */
function assertDeadline(name: string, seconds: number | undefined): void {
  if (seconds === undefined || (seconds > 0 && seconds < Infinity)) return;
  throw new BadOptionError(`${name} must be a number of seconds over 0, not ${seconds}`);
}

/** A time that something may take, 0 and Infinity being some. @throws BadOptionError */
export function assertSeconds(name: string, seconds: number): void {
  if (seconds >= 0) return;
  throw new BadOptionError(`${name} must be 0 or more seconds, not ${seconds}`);
}
