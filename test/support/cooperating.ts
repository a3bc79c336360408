import { Deferred } from "skein/defer";
import { createReactor, type ReactorTime, type Reactor } from "skein/reactor";
import { Cooperator } from "skein/task";

/** A Cooperator on virtual time that makes one slice in a second, work for it, and its log. */
export interface Cooperating {
  readonly reactor: Reactor<"clock">;
  readonly cooperator: Cooperator;
  readonly log: string[];
  /** The Deferreds that `waiting` has yielded. */
  readonly waits: Deferred<void>[];
  /** Logs a0, a1, …, and "a." when it is asked once more. */
  counted(name: string, steps: number): Generator<undefined>;
  /** Logs as `counted`; each step yields a Deferred. */
  waiting(name: string, steps: number): Generator<Deferred<void>>;
  /** Lets slices be made, and gives what they have logged. */
  slices(count?: number): Promise<string>;
}

export function cooperating({
  stepsInSlice = 100,
  started = true,
  tasksMax = 100,
} = {}): Cooperating {
  const reactor = createReactor("clock");
  const clock: Pick<ReactorTime, "callLater" | "seconds"> = {
    seconds: () => reactor.seconds(),
    callLater: (delay, action) => reactor.callLater(delay + 1, action),
  };
  const cooperator = new Cooperator(clock, { started, sliceStepsMax: stepsInSlice, tasksMax });
  const log: string[] = [];
  const waits: Deferred<void>[] = [];
  return {
    reactor,
    cooperator,
    log,
    waits,
    *counted(name, steps) {
      for (let i = 0; i < steps; i++) {
        log.push(`${name}${i}`);
        yield;
      }
      log.push(`${name}.`);
    },
    *waiting(name, steps) {
      for (let i = 0; i < steps; i++) {
        const wait = new Deferred<void>();
        waits.push(wait);
        log.push(`${name}${i}`);
        yield wait;
      }
    },
    async slices(count = 1) {
      const slices: string[] = [];
      for (let i = 0; i < count; i++) {
        await reactor.advance(1);
        slices.push(log.splice(0).join(" "));
      }
      return slices.join(" | ");
    },
  };
}
