/** A process on virtual time: all that its globals need while they are virtual. */
import { BadOptionError } from "../core/errors.ts";
import type { DelayedCall } from "../reactor/capabilities.ts";
import type { VirtualTime } from "../reactor/virtual-time.ts";
import { Chance } from "./chance.ts";
import { DelayedTimer } from "./delayed-timer.ts";
import type { LeakKind } from "./leak-error.ts";
import { LeakWatch } from "./leaks.ts";
import { type NetworkReactor, ReactorInWaiting } from "./reactor-in-waiting.ts";
import { VirtualTimers } from "./timers.ts";

/** The time at which virtual time begins, unless an option says otherwise. */
const EPOCH = "2000-01-01T00:00:00.000Z";
/** Sums of seconds are not exact: a millisecond that is this near has passed. */
const EPSILON_MS = 1e-6;

export interface VirtualOptions {
  /**
   * What Date says at the beginning of virtual time: a Date, what Date.parse() takes, or
   * milliseconds; 2000-01-01T00:00:00.000Z unless given.
   */
  epoch?: Date | string | number;
  /** What chance begins from; the reactor's own seed unless given. */
  seed?: number | string;
  /** Kinds of leaks that do not fail the run: virtual time waits for them. None unless given. */
  allow?: Iterable<LeakKind>;
}

export class Session {
  readonly epochMs: number;
  readonly timers: VirtualTimers;
  readonly network: ReactorInWaiting;
  readonly leaks: LeakWatch;
  readonly #seed: VirtualOptions["seed"];
  #chance: Chance;
  #time: VirtualTime;
  /** How much of the process' time had passed when the present time began at 0. */
  #baseSeconds = 0;
  #unwatch: () => void;

  /** @throws BadOptionError */
  constructor(time: VirtualTime, { epoch = EPOCH, seed, allow = [] }: VirtualOptions = {}) {
    this.epochMs = new Date(epoch).getTime();
    if (Number.isNaN(this.epochMs)) {
      throw new BadOptionError(`the epoch must be a date, not ${String(epoch)}`);
    }
    if (Number.isNaN(seed)) throw new BadOptionError("a seed must be a number or a text, not NaN");
    this.#time = time;
    this.#seed = seed;
    this.#chance = new Chance(seed ?? time.seed, "waiting");
    const report = (error: unknown, doing: string): void => this.network.reportError(error, doing);
    this.timers = new VirtualTimers({ time, report });
    this.leaks = new LeakWatch(allow, () => this.elapsedSeconds());
    this.network = new ReactorInWaiting({
      seconds: () => this.elapsedSeconds(),
      callLater: (seconds, action): DelayedCall =>
        new DelayedTimer(seconds, action, this.timers, () => this.elapsedSeconds()),
    });
    this.#unwatch = time.watch(this.leaks);
  }

  get chance(): Chance {
    return this.#chance;
  }

  /** A free port of the network, where there is one yet. */
  takePort(): number | undefined {
    return this.#time.takePort?.();
  }

  /** Since virtual time began. */
  elapsedSeconds(): number {
    return this.#baseSeconds + this.#time.seconds();
  }

  /** As performance.now() says it: without the noise of sums of seconds. */
  elapsedMs(): number {
    return Math.round(this.elapsedSeconds() * 1e9) / 1e6;
  }

  /** As Date.now() says it. */
  nowMs(): number {
    return Math.floor(this.epochMs + this.elapsedSeconds() * 1000 + EPSILON_MS);
  }

  /** Follows another time from now on: it goes on from here, and timers wait for what is left. */
  moveTo(time: VirtualTime, reactor: NetworkReactor | undefined): void {
    this.#unwatch();
    this.#baseSeconds = this.elapsedSeconds() - time.seconds();
    this.#time = time;
    this.timers.moveTo(time);
    this.#unwatch = time.watch(this.leaks);
    if (reactor === undefined) {
      this.network.detach();
      return;
    }
    this.#chance = new Chance(this.#seed ?? time.seed, "running");
    this.network.attach(reactor);
  }

  /** What waits will not happen any more. */
  end(): void {
    this.#unwatch();
    this.leaks.stop();
    this.timers.clear();
  }
}
