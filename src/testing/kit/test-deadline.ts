/** The end of a test's patience: on virtual time, and on real time. */
import type { Reactor } from "../../reactor/capabilities.ts";
import { virtualTimeOf } from "../../reactor/virtual-time.ts";
import type { Awaited } from "./awaited.ts";
import { TestDeadlineError } from "./errors.ts";
import { afterRealSeconds, settled } from "./real-work.ts";
import type { RunWatch } from "./run-watch.ts";
import type { RunnerPatience } from "./runner-patience.ts";
import { requestsAreUnderWay, watchRequests } from "./system-requests.ts";
import { wordSeconds, wordThing } from "./wording.ts";

/** Whose test it is, and what it waits for. */
export interface Patience {
  readonly reactor: Reactor;
  readonly runs: RunWatch;
  readonly awaited: Awaited;
  readonly runner: RunnerPatience;
}

/** What is to end. */
export interface Deed {
  /** What it is, as it begins a sentence. */
  readonly what: string;
  /** Where it comes from, as a text of its own, where that says something. */
  readonly origin?: string;
  /** Seconds of the reactor's clock that it has; undefined if it lets time pass itself. */
  readonly seconds: number | undefined;
}

/** Deferreds fire in so many macrotasks behind a run's end, if they do so by it. */
const MACROTASKS_TO_END = 20;

/**
 * Resolves as `action` does, and rejects with a TestDeadlineError when that takes longer than its
 * seconds of the reactor's clock, or than the test's runner waits; on virtual time also when it can
 * never end, as the reactor has stopped. What becomes of it afterwards is nobody's affair.
 *
 * Virtual time stands still while the system has a request of the test to answer.
 */
export function withDeadline<T>(
  { reactor, runs, awaited, runner }: Patience,
  { what, origin, seconds }: Deed,
  action: () => T | PromiseLike<T>,
): Promise<T> {
  const time = virtualTimeOf(reactor);
  /** When something last happened, before time moved on. */
  let lastHappened = reactor.seconds();
  const undo: (() => void)[] = [];
  return new Promise<T>((resolve, reject) => {
    const tooLate = (why: string): void => {
      const waiting = awaited.describe();
      const open = reactor.inspect().map(wordThing);
      const message =
        `${what} ${why}` +
        (origin === undefined ? "" : `\n\n${origin}`) +
        (waiting.length === 0 ? "" : `\n\nIt awaits:\n${waiting.join("\n")}`) +
        (open.length === 0 ? "" : `\n\nOpen on the reactor:\n${open.join("\n")}`);
      reject(new TestDeadlineError(message));
    };
    const late = (limit: number): string => `has not ended in ${wordSeconds(limit)}`;
    undo.push(
      runner.onOver(() => {
        tooLate(`${late(runner.seconds)} of real time: its runner waits little longer`);
      }),
    );
    if (seconds === undefined) {
      // It ends, or its runner loses patience.
    } else if (time === undefined) {
      undo.push(afterRealSeconds(seconds, () => tooLate(late(seconds))));
    } else {
      watchRequests();
      const expiry = time.happen(seconds, "the test's deadline", () => {
        const inVain = time.next?.() === Infinity;
        tooLate(inVain ? waitsInVain(lastHappened) : `${late(seconds)} of virtual time`);
      });
      undo.push(
        () => expiry.cancel(),
        time.watch({
          busy: () => {
            lastHappened = reactor.seconds();
            return requestsAreUnderWay();
          },
          verdict: () => undefined,
        }),
        whenStopped(runs, () => {
          tooLate("still waits, but the reactor has stopped, and virtual time with it");
        }),
      );
    }
    Promise.resolve().then(action).then(resolve, reject);
  }).finally(() => {
    for (const end of undo) end();
  });
}

function waitsInVain(since: number): string {
  return (
    `waits for what will never happen: since ${wordSeconds(since)} nothing has been left to ` +
    `happen on virtual time (real timers and sockets do not count there)`
  );
}

/** Calls `action` when the reactor is in no run, and it stays so. */
function whenStopped(runs: RunWatch, action: () => void): () => void {
  let over = false;
  const check = async (): Promise<void> => {
    const isOver = (): boolean => over;
    do await settled(MACROTASKS_TO_END, isOver);
    while (!isOver() && requestsAreUnderWay());
    if (!isOver() && !runs.active) action();
  };
  const forget = runs.onEnd(() => void check());
  if (!runs.active) void check();
  return () => {
    over = true;
    forget();
  };
}
