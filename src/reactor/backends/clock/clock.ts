/** Virtual time, with an in-memory network, simulated processes and workers. */
import { BadOptionError } from "../../../core/errors.ts";
import type { Deferred } from "../../../defer/deferred.ts";
import type { Backend, Driver, Loop } from "../../backend.ts";
import { IO, IO_CAPABILITIES, type IOCapability } from "../../io.ts";
import type { Traffic } from "../../traffic.ts";
import type { ClockOptions, ReactorClock } from "../../simulation.ts";
import { offerVirtualTime } from "../../virtual-time.ts";
import { VIRTUAL_EPOCH_SECONDS } from "../../wall-clock.ts";
import {
  openWorker,
  type WorkerEvents,
  type WorkerHandle,
  type WorkerOptions,
} from "../../workers.ts";
import { InlineWorker } from "./inline-worker.ts";
import type { NetworkFaults } from "./network-faults.ts";
import { ClockWorld } from "./world.ts";

type ClockCapability = IOCapability | "threads" | "clock" | "network";

/** One reactor's part in a world, which is its own unless it is given one. */
class ClockDriver implements Driver, ReactorClock {
  readonly io: IO;
  readonly clock: ReactorClock = this;
  readonly network: NetworkFaults;
  readonly threads = {
    startWorker: (events: WorkerEvents, { substrate = "threads" }: WorkerOptions = {}) =>
      openWorker(this.#loop, events, (told): WorkerHandle & InlineWorker => {
        const { happenings, workers } = this.#world;
        return new InlineWorker(this.#loop, happenings, workers, substrate, told);
      }),
  };
  /** The world asks for reports while it is driven: nobody may ever drive it again. */
  readonly endsTurns = true;
  readonly #loop: Loop;
  readonly #world: ClockWorld;
  readonly #number: number;

  constructor(loop: Loop, world: ClockWorld) {
    this.#loop = loop;
    this.#world = world;
    this.#number = world.join();
    const { network, datagrams, names, processes, stdio } = world;
    const streams = network.reportingTo((error, doing) => loop.reportError(error, doing));
    this.io = new IO(loop, { streams, datagrams, names, processes, stdio });
    this.network = network.faults;
    offerVirtualTime(loop, world);
  }

  // --- Driver ---

  seconds(): number {
    return this.#world.seconds();
  }

  wallSeconds(): number {
    return VIRTUAL_EPOCH_SECONDS + this.#world.seconds();
  }

  /** Nothing to arm: whoever drives the clock asks the loop when it wants its next turn. */
  wakeAt(): void {}

  started(): void {
    this.#world.started(this.#loop, this.#number);
  }

  sleep(): void {
    this.#world.ended(this.#loop);
    this.io.reopen();
  }

  verdict(): Error | undefined {
    return this.#world.verdict();
  }

  disconnectAll(): Deferred<void> {
    return this.io.disconnectAll();
  }

  drain(seconds: number): Deferred<number> {
    return this.io.drain(seconds);
  }

  traffic(): Traffic {
    return this.io.traffic();
  }

  // --- ReactorClock ---

  advance(seconds: number): Deferred<void> {
    return this.#world.advance(this.#loop, seconds);
  }

  pump(steps: Iterable<number>): Deferred<void> {
    return this.#world.pump(this.#loop, steps);
  }

  runUntilIdle(limitSeconds = Infinity): Deferred<boolean> {
    return this.#world.runUntilIdle(this.#loop, limitSeconds);
  }
}

/** A clock's options: of a world of its own, or the world that it shares with others. */
export interface ClockReactorOptions extends ClockOptions {
  /** Has options of its own, so that none can be given beside it. */
  world?: ClockWorld;
}

/** The world of a reactor. */
function worldOf({ world, ...own }: ClockReactorOptions): ClockWorld {
  if (world === undefined) return new ClockWorld(own);
  for (const name of CLOCK_OPTIONS) {
    if (own[name] === undefined) continue;
    throw new BadOptionError(`${name} is an option of the world: give it to new ClockWorld()`);
  }
  return world;
}

/** All of them, by a type that fails to compile when one is missing. */
const CLOCK_OPTIONS = Object.keys({
  latency: 0,
  bandwidth: 0,
  segments: 0,
  receiveBufferBytes: 0,
  sendBufferBytes: 0,
  keepAliveSeconds: 0,
  retransmitSeconds: 0,
  certificates: 0,
  descriptors: 0,
  datagrams: 0,
  names: 0,
  processes: 0,
  stdio: 0,
  workers: 0,
  seed: 0,
  trace: 0,
  turnsAtOnceMax: 0,
  advance: 0,
} satisfies Record<keyof ClockOptions, 0>) as (keyof ClockOptions)[];

export const clock: Backend<ClockCapability, ClockReactorOptions> = {
  name: "clock",
  summary: "virtual time, in-memory network, simulated processes and workers: deterministic",
  capabilities: [...IO_CAPABILITIES, "threads", "clock", "network"],
  open(loop, options) {
    const driver = new ClockDriver(loop, worldOf(options));
    return Object.assign(driver, driver.io.capabilities);
  },
};
