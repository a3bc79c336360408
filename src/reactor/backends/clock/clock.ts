/** Virtual time, with an in-memory network and simulated workers. */
import { BadOptionError } from "../../../core/errors.ts";
import { type Deferred, fromPromise } from "../../../defer/deferred.ts";
import { atTurnEnd } from "../../../defer/unhandled.ts";
import type { Backend, Loop, Opened } from "../../backend.ts";
import type { ClockOptions, ReactorClock } from "../../capabilities.ts";
import { ClockBusyError, ClockStuckError } from "../../errors.ts";
import { TCP } from "../../tcp.ts";
import { TimerQueue } from "../../timer-queue.ts";
import type { WorkerEvents, WorkerHandle } from "../../workers.ts";
import { InlineWorker } from "./inline-worker.ts";
import { MemoryNetwork } from "./memory-network.ts";
import { macrotask } from "./macrotask.ts";

/** So many turns at one instant mean that a program loops. */
const TURNS_AT_ONE_TIME_MAX = 100_000;

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
  #driven = false;

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
    if (!this.#driven) void this.#driveItself();
  }

  sleep(): void {
    this.#alive = false;
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
    return this.#manually(async () => {
      await this.#drive(this.#now + seconds);
    });
  }

  pump(steps: Iterable<number>): Deferred<void> {
    return this.#manually(async () => {
      for (const step of steps) await this.#drive(this.#now + step);
    });
  }

  runUntilIdle(limitSeconds = Infinity): Deferred<boolean> {
    return this.#manually(() => this.#drive(this.#now + limitSeconds));
  }

  #manually<T>(drive: () => Promise<T>): Deferred<T> {
    if (this.#driven) throw new ClockBusyError();
    this.#driven = true;
    // oxlint-disable-next-line no-floating-promises -- it only ever fires with success
    if (!this.#alive) this.#loop.run();
    return fromPromise(
      drive().finally(() => {
        this.#driven = false;
      }),
    );
  }

  async #driveItself(): Promise<void> {
    this.#driven = true;
    try {
      while (this.#alive) {
        await this.#drive(Infinity);
        // Nothing can ever happen again. While it stops, that means it waits in vain.
        if (this.#alive) this.#loop.stop();
      }
    } catch (error) {
      this.#loop.crash(error);
    } finally {
      this.#driven = false;
    }
  }

  /** Lets time pass until `until`; returns whether nothing was left to happen. */
  async #drive(until: number): Promise<boolean> {
    const forgetTurnEnd = atTurnEnd(() => this.#loop.wake());
    let turns = 0;
    try {
      await macrotask();
      while (this.#alive) {
        const next = Math.min(this.#loop.nextWake(), this.#happenings.next());
        if (next > until || next === Infinity) {
          if (until < Infinity) this.#now = until;
          return next === Infinity;
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
      if (until < Infinity) this.#now = until;
      return true;
    } finally {
      forgetTurnEnd();
    }
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
