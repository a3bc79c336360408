import assert from "node:assert/strict";
import type { Deferred } from "../../defer/deferred.ts";
import type { AnyBackend } from "../../reactor/backend.ts";
import type { Capability, Reactor } from "../../reactor/capabilities.ts";
import { ClockBusyError, ReactorNotRunningError } from "../../reactor/errors.ts";
import { reactorMaker } from "../../reactor/registry.ts";

/** Real backends pass this much time between two looks at a condition; virtual ones too. */
const STEP_SECONDS = 0.005;
/** A condition that does not come true in so much of the reactor's time has failed. */
const PATIENCE_SECONDS = 5;

/** Of a backend that is given: none has a name here, so that none is loaded that is not tested. */
const createReactor = reactorMaker({});

/** A reactor and what a case needs to watch it, the same in real and in virtual time. */
export interface World<C extends Capability = never> {
  readonly reactor: Reactor<C>;
  /** Whether its time is virtual, and the world around it too. */
  readonly virtual: boolean;
  /** What the case saw, in order. */
  readonly log: string[];
  /** Adds to the log, at the end, what this list then holds. */
  readonly watch: (list: readonly string[]) => void;
  /** Errors that the reactor reported; each must be taken out by the case that expects it. */
  readonly errors: unknown[];
  /** Starts the reactor; fires when it has stopped. Also done by the first {@link pass}. */
  readonly start: () => Deferred<void>;
  /** Lets time pass. */
  readonly pass: (seconds: number) => Promise<void>;
  /** Lets time pass until the condition holds; rejects when it never does. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>;
  /** Stops the reactor, and checks that nothing is left of the case. */
  readonly close: () => Promise<void>;
}

export function openWorld<C extends Capability>(backend: AnyBackend, options: object): World<C> {
  const errors: unknown[] = [];
  const watched: (readonly string[])[] = [];
  const reactor = createReactor(backend, {
    ...options,
    onError: (error: unknown) => errors.push(error),
  }) as Reactor<C>;
  let stopped: Deferred<void> | undefined;

  // A reactor with a clock is driven by hand, any other drives itself.
  const virtual = (backend.capabilities as readonly Capability[]).includes("clock");
  const advance = async (seconds: number): Promise<void> =>
    await (reactor as unknown as Reactor<"clock">).advance(seconds);
  const pass = async (seconds: number): Promise<void> => {
    if (virtual) return advance(seconds);
    world.start();
    // Not by the reactor: it may have stopped.
    return realTime(seconds);
  };
  /** The same for a reactor that may be stopping, or driven by its own run(). */
  const elapse = async (seconds: number): Promise<void> => {
    try {
      if (virtual) return await advance(seconds);
    } catch (error) {
      if (!(error instanceof ClockBusyError)) throw error;
    }
    await realTime(virtual ? 0 : seconds);
  };
  const until = async (
    what: string,
    condition: () => boolean,
    waiting: typeof pass = pass,
  ): Promise<void> => {
    const deadline = reactor.seconds() + PATIENCE_SECONDS;
    while (!condition()) {
      assert.ok(reactor.seconds() < deadline, `it never came to this: ${what}`);
      await waiting(STEP_SECONDS);
    }
  };
  /** Ends the run, whoever has begun it, and however far it has come: it may not have started. */
  const stop = async (): Promise<void> => {
    let over = false;
    const trigger = reactor.addSystemEventTrigger("after", "shutdown", () => {
      over = true;
    });
    try {
      reactor.stop();
    } catch (error) {
      if (!(error instanceof ReactorNotRunningError)) throw error;
      // It is stopping already, or there is no run.
      if (!reactor.running && stopped?.called !== false) {
        reactor.removeSystemEventTrigger(trigger);
        return;
      }
    }
    await until("the reactor stops", () => over && !reactor.running, elapse);
  };

  const world: World<C> = {
    reactor,
    virtual,
    log: [],
    watch: (list) => watched.push(list),
    errors,
    start: () => {
      stopped ??= reactor.run();
      return stopped;
    },
    pass,
    until: (what, condition) => until(what, condition),
    close: async () => {
      await stop();
      world.log.push(...watched.map((list) => list.join(", ")));
      assert.deepEqual(errors, [], "errors that the case did not expect");
      const left = reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`);
      assert.deepEqual(left, [], "left open, or waiting");
    },
  };
  return world;
}

function realTime(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}
