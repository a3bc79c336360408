/** Virtual time, with an in-memory network and simulated workers. */
import { BadOptionError } from "../../../core/errors.ts";
import { type Deferred, fromPromise } from "../../../defer/deferred.ts";
import { atTurnEnd } from "../../../defer/unhandled.ts";
import type { Backend, Loop, Opened } from "../../backend.ts";
import type { ClockOptions, ReactorClock } from "../../capabilities.ts";
import { ClockBusyError, ClockStuckError, ReactorNotRunningError } from "../../errors.ts";
import { TCP } from "../../tcp.ts";
import { TimerQueue } from "../../timer-queue.ts";
import type { WorkerEvents, WorkerHandle } from "../../workers.ts";
import { InlineWorker } from "./inline-worker.ts";
import { MemoryNetwork } from "./memory-network.ts";
import { macrotask } from "./macrotask.ts";

/** So many turns at one instant mean that a program loops. */
const TURNS_AT_ONE_TIME_MAX = 100_000;

/** Somebody who lets time pass; a run of the reactor unless it is done by hand. */
interface Drive {
  readonly manual: boolean;
}

class ClockDriver implements Opened<"tcp" | "threads" | "clock">, ReactorClock {
  readonly tcp: TCP;
  readonly clock: ReactorClock = this;
  readonly threads = {
    startWorker: (events: WorkerEvents): WorkerHandle => new InlineWorker(this.#happenings, events),
  };
  readonly #loop: Loop;
  readonly #trace: ClockOptions["trace"];
  /** What will happen outside the reactor: bytes that arrive, workers that answer. */
  readonly #happenings: TimerQueue = new TimerQueue(
    () => this.#now,
    () => {},
  );
  #now = 0;
  #alive = false;
  /** Whoever lets time pass at present: a call of a method, or the reactor's own run. */
  #drive: Drive | undefined = undefined;

  constructor(loop: Loop, { latency = 0, trace }: ClockOptions) {
    if (!(latency >= 0 && latency < Infinity)) {
      throw new BadOptionError(`latency must be 0 or more seconds, not ${latency}`);
    }
    this.#loop = loop;
    this.#trace = trace;
    const network = new MemoryNetwork({
      happenings: this.#happenings,
      latency,
      trace: (event) => this.#note(event),
      report: (error, doing) => loop.reportError(error, doing),
    });
    this.tcp = new TCP(loop, network);
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
  }

  disconnectAll(): Deferred<void> {
    return this.tcp.disconnectAll();
  }

  // --- ReactorClock ---

  advance(seconds: number): Deferred<void> {
    if (!(seconds >= 0 && seconds < Infinity)) {
      throw new BadOptionError(`time advances by 0 or more seconds, not ${seconds}`);
    }
    return this.#driveManually(async (drive) => {
      await this.#pass(drive, this.#now + seconds);
    });
  }

  pump(steps: Iterable<number>): Deferred<void> {
    return this.#driveManually(async (drive) => {
      for (const step of steps) await this.#pass(drive, this.#now + step);
    });
  }

  runUntilIdle(limitSeconds = Infinity): Deferred<boolean> {
    return this.#driveManually((drive) => this.#pass(drive, this.#now + limitSeconds));
  }

  #driveManually<T>(passTime: (drive: Drive) => Promise<T>): Deferred<T> {
    if (this.#drive !== undefined) throw new ClockBusyError();
    const drive = (this.#drive = { manual: true });
    if (!this.#alive) this.#loop.run();
    return fromPromise(
      passTime(drive).finally(() => {
        this.#drive = undefined;
      }),
    );
  }

  async #driveItself(): Promise<void> {
    const drive = (this.#drive = { manual: false });
    try {
      await this.#pass(drive, Infinity);
      while (this.#drive === drive) {
        this.#endWhenIdle();
        await this.#pass(drive, Infinity);
      }
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
        if (next > until || next === Infinity) {
          idle = next === Infinity;
          break;
        }
        if (next > this.#now) {
          this.#now = next;
          turns = 0;
        } else if (++turns > TURNS_AT_ONE_TIME_MAX) {
          throw new ClockStuckError(
            `${turns} turns at ${this.#now} s: a program calls itself again without delay`,
          );
        }
        await this.#happen();
      }
    } finally {
      forgetTurnEnd();
    }
    if (until < Infinity) this.#now = until;
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
    this.#trace?.({ at: this.#now, event });
  }
}

export const clock: Backend<"tcp" | "threads" | "clock", ClockOptions> = {
  name: "clock",
  summary: "virtual time, in-memory network, simulated workers: deterministic",
  capabilities: ["tcp", "threads", "clock"],
  open: (loop, options) => new ClockDriver(loop, options),
};
