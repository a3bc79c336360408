/** Virtual time, with an in-memory network and simulated workers. */
import { BadOptionError } from "../../../core/errors.ts";
import { SeededRandom } from "../../../core/random.ts";
import { type Deferred, fromPromise } from "../../../defer/deferred.ts";
import { atTurnEnd } from "../../../defer/unhandled.ts";
import type { Backend, Loop, Opened } from "../../backend.ts";
import { ClockBusyError, ClockStuckError, ReactorNotRunningError } from "../../errors.ts";
import type { ClockOptions, ReactorClock } from "../../simulation.ts";
import type { StreamKind } from "../../stream-driver.ts";
import { Streams } from "../../streams.ts";
import { TimerQueue } from "../../timer-queue.ts";
import { UDP } from "../../udp.ts";
import type { WorkerEvents, WorkerHandle } from "../../workers.ts";
import { InlineWorker } from "./inline-worker.ts";
import { MemoryDatagrams } from "./memory-datagrams.ts";
import { MemoryNetwork } from "./memory-network.ts";
import type { NetworkFaults } from "./network-faults.ts";
import { assertSeconds, networkCharacter, type NetworkOptions } from "./network-options.ts";
import { macrotask } from "./macrotask.ts";

/** So many turns at one instant mean that a program loops, unless an option says otherwise. */
const TURNS_AT_ONCE_MAX = 1_000_000;
/** Sums of seconds are not exact: what is due so much later is due now. */
const EPSILON_SECONDS = 1e-9;

/** Somebody who lets time pass; a run of the reactor unless it is done by hand. */
interface Drive {
  readonly manual: boolean;
}

type ClockCapability =
  "tcp" | "tls" | "unix" | "adopt" | "udp" | "multicast" | "threads" | "clock" | "network";

class ClockDriver implements Opened<ClockCapability>, ReactorClock {
  readonly tcp: Streams<StreamKind>;
  readonly tls: Streams<StreamKind>;
  readonly unix: Streams<StreamKind>;
  readonly adopt: Streams<StreamKind>;
  readonly udp: UDP;
  readonly multicast: UDP;
  readonly clock: ReactorClock = this;
  readonly network: NetworkFaults;
  readonly threads = {
    startWorker: (events: WorkerEvents): WorkerHandle => new InlineWorker(this.#happenings, events),
  };
  readonly #loop: Loop;
  readonly #trace: ClockOptions["trace"];
  readonly #turnsAtOnceMax: number;
  /** It asks for reports while it is driven: nobody may ever drive it again. */
  readonly endsTurns = true;
  /** What will happen outside the reactor: bytes that arrive, workers that answer. */
  readonly #happenings: TimerQueue = new TimerQueue(
    () => this.#now,
    () => {},
  );
  #now = 0;
  #alive = false;
  /** Whoever lets time pass at present: a call of a method, or the reactor's own run. */
  #drive: Drive | undefined = undefined;
  /** Resolves when the last drive that began has ended. */
  #before: Promise<void> = Promise.resolve();

  constructor(loop: Loop, options: ClockOptions) {
    const { trace, turnsAtOnceMax = TURNS_AT_ONCE_MAX, seed = 0 } = options;
    const { certificates = {}, descriptors = {} } = options;
    if (Number.isNaN(seed)) throw new BadOptionError("a seed must be a number or a text, not NaN");
    this.#loop = loop;
    this.#trace = trace;
    this.#turnsAtOnceMax = turnsAtOnceMax;
    const random = new SeededRandom(seed);
    const world: NetworkOptions = {
      ...networkCharacter(options),
      happenings: this.#happenings,
      trace: (event) => this.#note(event),
      report: (error, doing) => loop.reportError(error, doing),
      random,
      certificates,
      descriptors,
    };
    const network = new MemoryNetwork(world);
    this.network = network.faults;
    this.tcp = this.tls = this.unix = this.adopt = new Streams(loop, network);
    const datagrams = new MemoryDatagrams(world, network.faults, options.datagrams);
    this.udp = this.multicast = new UDP(loop, datagrams);
  }

  // --- Driver ---

  seconds(): number {
    return this.#now;
  }

  /** Nothing to arm: whoever drives the clock asks the loop when it wants its next turn. */
  wakeAt(): void {}

  started(): void {
    this.#alive = true;
    if (this.#drive === undefined) void this.#driveItself();
  }

  sleep(): void {
    this.#alive = false;
    // A method goes on to let its time pass; a run is over.
    if (this.#drive?.manual === false) this.#drive = undefined;
    this.tcp.reopen();
    this.udp.reopen();
  }

  disconnectAll(): Deferred<void> {
    const datagrams = this.udp.disconnectAll();
    return this.tcp.disconnectAll().addCallback(() => datagrams);
  }

  // --- ReactorClock ---

  advance(seconds: number): Deferred<void> {
    assertSeconds("the time to advance by", seconds);
    return this.#driveManually(async (drive) => {
      await this.#pass(drive, this.#now + seconds);
    });
  }

  pump(steps: Iterable<number>): Deferred<void> {
    const all = [...steps];
    for (const step of all) assertSeconds("a step", step);
    return this.#driveManually(async (drive) => {
      for (const step of all) await this.#pass(drive, this.#now + step);
    });
  }

  runUntilIdle(limitSeconds = Infinity): Deferred<boolean> {
    if (limitSeconds !== Infinity) assertSeconds("the limit", limitSeconds);
    return this.#driveManually((drive) => this.#pass(drive, this.#now + limitSeconds));
  }

  #driveManually<T>(passTime: (drive: Drive) => Promise<T>): Deferred<T> {
    if (this.#drive !== undefined) throw new ClockBusyError();
    const drive = (this.#drive = { manual: true });
    if (!this.#alive) this.#loop.run();
    return fromPromise(
      this.#inTurn(() => passTime(drive)).finally(() => {
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
        await this.#pass(drive, Infinity);
        while (this.#drive === drive) {
          this.#endWhenIdle();
          await this.#pass(drive, Infinity);
        }
      });
    } catch (error) {
      this.#loop.crash(error);
    }
  }

  /** Nothing can ever happen again: that is the end of a run, or its end waits in vain. */
  #endWhenIdle(): void {
    try {
      this.#loop.stop();
    } catch (error) {
      if (!(error instanceof ReactorNotRunningError)) throw error;
      throw new ClockStuckError("stopping waits for something that will never happen");
    }
  }

  /** Lets time pass until `until`; resolves with whether nothing was left to happen. */
  async #pass(drive: Drive, until: number): Promise<boolean> {
    const forgetTurnEnd = atTurnEnd(() => this.#loop.wake());
    let turns = 0;
    let idle = true;
    try {
      await macrotask();
      while (this.#alive && this.#drive === drive) {
        const next = Math.min(this.#loop.nextWake(), this.#happenings.next());
        if (next > until + EPSILON_SECONDS || next === Infinity) {
          idle = next === Infinity;
          break;
        }
        if (next > this.#now) {
          this.#now = next;
          turns = 0;
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
    if (until < Infinity) this.#now = Math.max(this.#now, until);
    return idle;
  }

  /** One turn of the reactor, then what is due outside it; each with all its promises settled. */
  async #happen(): Promise<void> {
    const calls = this.#loop.turn();
    if (calls > 0) {
      this.#note(`turn ${calls}`);
      await macrotask();
    }
    for (const happening of this.#happenings.takeDue()) {
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
      this.#loop.reportError(error, "tracing");
    }
  }
}

function nothing(): void {}

export const clock: Backend<ClockCapability, ClockOptions> = {
  name: "clock",
  summary: "virtual time, in-memory network, simulated workers: deterministic",
  capabilities: ["tcp", "tls", "unix", "adopt", "udp", "multicast", "threads", "clock", "network"],
  open: (loop, options) => new ClockDriver(loop, options),
};
