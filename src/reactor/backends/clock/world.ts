/** Virtual time, and what happens in it: for one reactor, or for several that share it. */
import { BadOptionError } from "../../../core/errors.ts";
import { SeededRandom } from "../../../core/random.ts";
import { type Deferred, fromPromise } from "../../../defer/deferred.ts";
import { atTurnEnd } from "../../../defer/unhandled.ts";
import type { Loop } from "../../backend.ts";
import type { ClockOptions } from "../../simulation.ts";
import { ClockBusyError, ClockStuckError, ReactorNotRunningError } from "../../errors.ts";
import { type Timer, TimerQueue } from "../../timer-queue.ts";
import {
  type Happening,
  happeningOf,
  type TimeWatcher,
  type VirtualTime,
} from "../../virtual-time.ts";
import type { WorkerScript } from "../../worker-script.ts";
import { MemoryDatagrams } from "./memory-datagrams.ts";
import { MemoryNetwork } from "./memory-network.ts";
import { assertSeconds, networkCharacter, type NetworkOptions } from "./network-options.ts";
import { ScriptedNames } from "./scripted-names.ts";
import { MemoryStdio } from "./memory-stdio.ts";
import { MemoryProcesses } from "./memory-processes.ts";
import { immediatesWait, inMacrotask, macrotask } from "./macrotask.ts";

/** So many turns at one instant mean that a program loops, unless an option says otherwise. */
const TURNS_AT_ONCE_MAX = 1_000_000;
/** So many macrotasks are waited for before time moves on: a program may poll by setImmediate. */
const IMMEDIATES_MAX = 1000;
/** Sums of seconds are not exact: what is due so much later is due now. */
const EPSILON_SECONDS = 1e-9;

/** Somebody who lets time pass; a run of the reactors unless it is done by hand. */
interface Drive {
  readonly manual: boolean;
}

/**
 * How time passes: in one jump, or from one thing that happens to the next, to the end of it or
 * until nothing is left but what is in the background.
 */
type Passing = "at once" | "to the end" | "to idle";

/**
 * One virtual time and one network, for several reactors: daemons that talk to one another as they
 * would on one machine, each with timers, a start and a stop of its own.
 *
 * ```ts
 * import { ClockWorld, createReactor, MetaReactor } from "skein/reactor";
 *
 * const world = new ClockWorld({ latency: 0.05 });
 * const server = createReactor("clock", { world });
 * const client = createReactor("clock", { world });
 *
 * server.callLater(1, () => console.log(`server, at ${server.seconds()}`)); // → server, at 1
 * client.callLater(2, () => console.log(`client, at ${client.seconds()}`)); // → client, at 2
 * await new MetaReactor([server, client]).run(); // until nothing is left to happen
 * ```
 *
 * Whoever advances one of them lets time pass for all that run. At one instant those that run make
 * their turns in the order in which they were started, with all promises settled in between, then
 * comes what happens on the network. When nothing can happen any more in a run that drives itself,
 * the reactor that was started last is stopped, then the one before it.
 *
 * Its options are those of the clock; they cannot be given to its reactors.
 */
export class ClockWorld implements VirtualTime {
  /** What will happen outside the reactors: bytes that arrive, workers that answer. */
  readonly happenings: TimerQueue = new TimerQueue(
    () => this.#now,
    () => {},
  );
  readonly network: MemoryNetwork;
  readonly datagrams: MemoryDatagrams;
  readonly names: ScriptedNames;
  readonly processes: MemoryProcesses;
  readonly stdio: MemoryStdio;
  readonly seed: number | string;
  readonly workers: WorkerScript | undefined;
  readonly #trace: ClockOptions["trace"];
  readonly #turnsAtOnceMax: number;
  readonly #advances: Passing;
  /** Those of the happenings that keep no run going. */
  readonly #background = new WeakSet<Timer>();
  readonly #watchers = new Set<TimeWatcher>();
  /** Those that were stopped in their last run because nothing was left to happen. */
  readonly #dry = new WeakSet();
  #now = 0;
  /** How many reactors were ever made in it. */
  #made = 0;
  /** The reactors that run, in the order of their starts, with their numbers. */
  readonly #running = new Map<Loop, number>();
  /** Whoever lets time pass at present: a call of a method, or the reactors' own runs. */
  #drive: Drive | undefined = undefined;
  /** Resolves when the last drive that began has ended. */
  #before: Promise<void> = Promise.resolve();

  constructor(options: ClockOptions = {}) {
    const { trace, turnsAtOnceMax = TURNS_AT_ONCE_MAX } = options;
    const { advance = "step", seed = 0 } = options;
    if (Number.isNaN(seed)) throw new BadOptionError("a seed must be a number or a text, not NaN");
    this.seed = seed;
    this.#trace = trace;
    this.#turnsAtOnceMax = turnsAtOnceMax;
    this.#advances = advance === "jump" ? "at once" : "to the end";
    this.workers = options.workers;
    const network: NetworkOptions = {
      ...networkCharacter(options),
      happenings: this.happenings,
      trace: (event) => this.#note(event),
      random: new SeededRandom(seed),
      certificates: options.certificates ?? {},
      descriptors: options.descriptors ?? {},
    };
    this.network = new MemoryNetwork(network);
    this.names = new ScriptedNames({ ...network, names: options.names ?? {} });
    this.processes = new MemoryProcesses({ ...network, processes: options.processes ?? {} });
    this.stdio = new MemoryStdio({ ...network, stdio: options.stdio });
    this.datagrams = new MemoryDatagrams(network, this.network.faults, options.datagrams);
  }

  // --- for the driver of each reactor ---

  seconds(): number {
    return this.#now;
  }

  /** A new reactor's number. */
  join(): number {
    return ++this.#made;
  }

  started(loop: Loop, number: number): void {
    this.#running.set(loop, number);
    this.#dry.delete(loop);
    if (this.#drive === undefined) void this.#driveItself();
  }

  ended(loop: Loop): void {
    this.#running.delete(loop);
    // A method goes on to let its time pass; the last run is over.
    if (this.#running.size === 0 && this.#drive?.manual === false) this.#drive = undefined;
  }

  advance(loop: Loop, seconds: number): Deferred<void> {
    assertSeconds("the time to advance by", seconds);
    return this.#driveManually(loop, async (drive) => {
      await this.#pass(drive, this.#now + seconds, this.#advances);
    });
  }

  pump(loop: Loop, steps: Iterable<number>): Deferred<void> {
    const all = [...steps];
    for (const step of all) assertSeconds("a step", step);
    return this.#driveManually(loop, async (drive) => {
      for (const step of all) await this.#pass(drive, this.#now + step, this.#advances);
    });
  }

  runUntilIdle(loop: Loop, limitSeconds: number): Deferred<boolean> {
    if (limitSeconds !== Infinity) assertSeconds("the limit", limitSeconds);
    return this.#driveManually(loop, (drive) =>
      this.#pass(drive, this.#now + limitSeconds, "to idle"),
    );
  }

  // --- for those who put more on this time ---

  happen(delaySeconds: number, what: string, action: () => void): Happening {
    const timer = this.happenings.add(delaySeconds, () => {
      this.#note(what);
      return inMacrotask(action);
    });
    return happeningOf(timer, this.#background);
  }

  next(): number {
    return this.#next(true);
  }

  watch(watcher: TimeWatcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  hasRunDry(reactor: object): boolean {
    return this.#dry.has(reactor);
  }

  takePort(): number {
    return this.network.takePort();
  }

  /** What its watchers have found wrong since they were last asked: the first one's. */
  verdict(): Error | undefined {
    for (const watcher of this.#watchers) {
      const wrong = watcher.verdict();
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  // --- driving ---

  #driveManually<T>(loop: Loop, passTime: (drive: Drive) => Promise<T>): Deferred<T> {
    if (this.#drive !== undefined) throw new ClockBusyError();
    const drive = (this.#drive = { manual: true });
    if (!this.#running.has(loop)) loop.run();
    return fromPromise(
      this.#inTurn(() => passTime(drive))
        .then((result) => {
          const wrong = this.verdict();
          if (wrong !== undefined) throw wrong;
          return result;
        })
        .finally(() => {
          this.#drive = undefined;
        }),
    );
  }

  /** One drive at a time: the one before may have lost its run, and not come to its end yet. */
  #inTurn<T>(passTime: () => Promise<T>): Promise<T> {
    const passed = this.#before.then(passTime);
    this.#before = passed.then(nothing, nothing);
    return passed;
  }

  async #driveItself(): Promise<void> {
    const drive = (this.#drive = { manual: false });
    try {
      await this.#inTurn(async () => {
        await this.#pass(drive, Infinity, "to idle");
        while (this.#drive === drive) {
          this.#endWhenIdle();
          await this.#pass(drive, Infinity, "to idle");
        }
      });
    } catch (error) {
      for (const loop of [...this.#running.keys()].reverse()) loop.crash(error);
    }
  }

  /** Nothing can ever happen again: that is the end of a run, or its end waits in vain. */
  #endWhenIdle(): void {
    for (const loop of [...this.#running.keys()].reverse()) {
      try {
        loop.stop();
        this.#dry.add(loop);
        return;
      } catch (error) {
        if (!(error instanceof ReactorNotRunningError)) throw error;
      }
    }
    throw new ClockStuckError("stopping waits for something that will never happen");
  }

  /** Lets time pass until `until`; resolves with whether nothing was left to happen. */
  async #pass(drive: Drive, until: number, how: Passing): Promise<boolean> {
    const forgetTurnEnd = atTurnEnd(() => this.#running.keys().next().value?.wake());
    let turns = 0;
    let immediates = 0;
    let idle = true;
    try {
      await macrotask();
      if (how === "at once") {
        this.#now = until;
        this.#tellMoved();
      }
      while (this.#running.size > 0 && this.#drive === drive) {
        const next = this.#next(how === "to idle");
        if (next > this.#now && this.#isHeldUp()) {
          await macrotask();
          continue;
        }
        // Node's own streams, and who uses them, may react in several macrotasks.
        if (next > this.#now && immediates < IMMEDIATES_MAX && immediatesWait()) {
          immediates++;
          await macrotask();
          continue;
        }
        immediates = 0;
        if (next > until + EPSILON_SECONDS || next === Infinity) {
          idle = next === Infinity;
          break;
        }
        if (next > this.#now) {
          this.#now = next;
          turns = 0;
          this.#tellMoved();
        } else if (++turns > this.#turnsAtOnceMax) {
          throw new ClockStuckError(
            `${turns} turns at ${this.#now} s: a program calls itself again without delay`,
          );
        }
        await this.#happen();
      }
    } finally {
      forgetTurnEnd();
    }
    if (until < Infinity && until > this.#now) {
      this.#now = until;
      this.#tellMoved();
    }
    return idle;
  }

  /** When something is to happen next. */
  #next(toIdle: boolean): number {
    let next = Infinity;
    for (const loop of this.#running.keys()) next = Math.min(next, loop.nextWake());
    const happening = this.happenings.next();
    if (toIdle && next === Infinity && happening < Infinity && this.#onlyBackground()) {
      return Infinity;
    }
    return Math.min(next, happening);
  }

  #onlyBackground(): boolean {
    return this.happenings.active().every((timer) => this.#background.has(timer));
  }

  #tellMoved(): void {
    for (const watcher of this.#watchers) watcher.moved?.();
  }

  /** Whether virtual time stands still, for something real. */
  #isHeldUp(): boolean {
    for (const watcher of this.#watchers) if (watcher.busy()) return true;
    return false;
  }

  /** A turn of each reactor, then what is due outside; each with all its promises settled. */
  async #happen(): Promise<void> {
    // As they are now: who is started by a turn has its own next time.
    for (const [loop, number] of Array.from(this.#running)) {
      const calls = loop.turn();
      if (calls === 0) continue;
      this.#note(number === 1 ? `turn ${calls}` : `turn ${calls} of reactor ${number}`);
      await macrotask();
    }
    for (const happening of this.happenings.takeDue()) {
      if (!happening.begin()) continue;
      // A worker's answer may have to be waited for in real time; virtual time stands still.
      await happening.action();
      await macrotask();
    }
  }

  #note(event: string): void {
    try {
      this.#trace?.({ at: this.#now, event });
    } catch (error) {
      this.#running.keys().next().value?.reportError(error, "tracing");
    }
  }
}

function nothing(): void {}
