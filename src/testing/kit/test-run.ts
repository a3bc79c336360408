/** One test on a reactor of its own: from an empty reactor to an empty reactor. */
import { BadOptionError } from "../../core/errors.ts";
import { getDebugging, setDebugging } from "../../core/debugging.ts";
import type { ErrorClass } from "../../defer/failure.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { ClockBusyError, ReactorNotRunningError } from "../../reactor/errors.ts";
import { stopIfRunning } from "../../reactor/stop-if-running.ts";
import { virtualTimeOf } from "../../reactor/virtual-time.ts";
import { type Stack, takeStack } from "../../core/stack.ts";
import { Awaited } from "./awaited.ts";
import { ErrorLog } from "./error-log.ts";
import { dirty, holdCalls, leftovers } from "./leftovers.ts";
import { afterRealSeconds, settled } from "./real-work.ts";
import { RunWatch } from "./run-watch.ts";
import { RunnerPatience } from "./runner-patience.ts";
import { type Deed, type Patience, withDeadline } from "./test-deadline.ts";
import { TestDeadlineError, TestEndedError } from "./errors.ts";
import { inTurn } from "./turns.ts";
import { addToMessage, canBeAddedTo, wordFrames, wordSeconds, wordThrown } from "./wording.ts";

/** What is left has so many real seconds to be destroyed. */
const DESTROY_SECONDS = 5;

/** To whoever drives a clock that drives itself. */
const BY_HAND =
  "In this test time passes by itself, while it awaits. A test that lets it pass has to be " +
  "defined so: reactorTests({ byHand: true })";

/** What a test may ask of the kit. They are functions: `(reactor, { addCleanup }) => …`. */
export interface ReactorTestContext {
  /**
   * Calls `action` when the test has ended, however it did: the last one that was added first, each
   * when what the one before it returned has been awaited. One that fails fails the test, and
   * keeps no other from running.
   *
   * @throws TestEndedError when the test and its cleanups have ended.
   */
  readonly addCleanup: (action: () => unknown) => void;
  /**
   * Takes out the errors so far that nobody handled: those reported to the reactor, those left in
   * Deferreds and in promises. Of these classes, or all. Those that are left fail the test. A
   * failure in a Deferred counts as unhandled at the end of a turn: to expect one, let time pass.
   *
   * @throws BadOptionError for what is no class.
   */
  readonly flushErrors: <E>(...classes: ErrorClass<E>[]) => E[];
}

export type ReactorTestBody<R> = (reactor: R, test: ReactorTestContext) => unknown;

export interface TestRunOptions {
  readonly deadlineSeconds: number;
  /** Whether the test lets time pass itself. */
  readonly byHand: boolean;
  /** So long, in real time, the runner waits for it; undefined for as long as it takes. */
  readonly runnerMs?: number | undefined;
}

/** What is to be called when the test has ended, and who has asked for that. */
interface Cleanup {
  readonly action: () => unknown;
  readonly asked: Stack;
}

/**
 * Runs a test. Rejects with what is wrong: what the body threw, or failed with; what its cleanups
 * did; errors that were not expected; what is left. Whatever it is, nothing of it lives on. It
 * waits for those that run already.
 *
 * @param make makes the reactor, whose errors go to `onError`.
 */
export async function runReactorTest<R extends Reactor>(
  make: (onError: (error: unknown, doing: string) => void) => R,
  body: ReactorTestBody<R>,
  options: TestRunOptions,
): Promise<void> {
  const patience = new RunnerPatience(options.runnerMs);
  let forget = (): void => {};
  const tooLate = new Promise<never>((_resolve, reject) => {
    forget = patience.onOver(() => reject(notBegun(patience)));
  });
  const run = inTurn(async () => {
    forget();
    if (!patience.over) await runAlone(make, body, options, patience);
  });
  try {
    await Promise.race([run, tooLate]);
  } finally {
    patience.close();
  }
}

function notBegun({ seconds }: RunnerPatience): TestDeadlineError {
  return new TestDeadlineError(
    `the test has not begun in ${wordSeconds(seconds)} of real time: tests with a reactor run ` +
      `one after another, and those that were begun before it have not ended`,
  );
}

async function runAlone<R extends Reactor>(
  make: (onError: (error: unknown, doing: string) => void) => R,
  body: ReactorTestBody<R>,
  options: TestRunOptions,
  patience: RunnerPatience,
): Promise<void> {
  const debuggingBefore = getDebugging();
  const log = new ErrorLog();
  const awaited = new Awaited();
  const undo = [log.listen(), awaited.listen()];
  setDebugging(true);
  try {
    await new TestRun(make(log.reported), log, awaited, patience, options).run(body);
  } finally {
    setDebugging(debuggingBefore);
    for (const end of undo) end();
  }
}

class TestRun<R extends Reactor> implements ReactorTestContext {
  readonly #reactor: R;
  readonly #log: ErrorLog;
  readonly #runs: RunWatch;
  readonly #patience: Patience;
  readonly #options: TestRunOptions;
  readonly #cleanups: Cleanup[] = [];
  readonly #problems: unknown[] = [];
  #ended = false;

  constructor(
    reactor: R,
    log: ErrorLog,
    awaited: Awaited,
    runner: RunnerPatience,
    options: TestRunOptions,
  ) {
    this.#reactor = reactor;
    this.#log = log;
    this.#runs = new RunWatch(reactor);
    this.#patience = { reactor, runs: this.#runs, awaited, runner };
    this.#options = options;
  }

  readonly addCleanup = (action: () => unknown): void => {
    if (typeof action !== "function") {
      throw new BadOptionError(`addCleanup() takes a function, not ${String(action)}`);
    }
    if (this.#ended) throw new TestEndedError();
    this.#cleanups.push({ action, asked: takeStack(this.addCleanup) });
  };

  readonly flushErrors = <E>(...classes: ErrorClass<E>[]): E[] => {
    for (const errorClass of classes) {
      if (typeof errorClass === "function") continue;
      throw new BadOptionError(`flushErrors() takes classes, not ${String(errorClass)}`);
    }
    return this.#log.flush(classes) as E[];
  };

  async run(body: ReactorTestBody<R>): Promise<void> {
    if (!this.#options.byHand) await this.#start();
    const { byHand, deadlineSeconds } = this.#options;
    const seconds = byHand ? undefined : deadlineSeconds;
    await this.#try({ what: "the test", seconds }, () => body(this.#reactor, this));
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop()) {
      const origin = `It was added${wordFrames(String(cleanup.asked.stack))}`;
      await this.#try({ what: "a cleanup of the test", origin, seconds }, cleanup.action);
    }
    this.#ended = true;
    await this.#lookAround();
    await this.#destroy();
    this.#judge();
  }

  /** Begins a run, and resolves when it has begun. */
  #start(): Promise<void> {
    // On virtual time it fails when the clock is stuck.
    this.#reactor.run().addErrback((failure) => void this.#problems.push(failure.value));
    return new Promise((resolve) => this.#reactor.callWhenRunning(resolve));
  }

  async #try(deed: Deed, action: () => unknown): Promise<void> {
    try {
      await withDeadline(this.#patience, deed, action);
    } catch (error) {
      const drives = error instanceof ClockBusyError && !this.#options.byHand;
      this.#problems.push(drives ? addToMessage(error, BY_HAND) : error);
    }
  }

  /** Looks for what nobody handled, and for what is left. */
  async #lookAround(): Promise<void> {
    const held = holdCalls(this.#reactor);
    const pass = (seconds: number): PromiseLike<void> => this.#pass(seconds);
    try {
      // What is unhandled is found out at the end of a turn, in promises by then too.
      if (this.#runs.active) await Promise.race([pass(0), this.#runs.whenEnded()]);
      await inStillTime(this.#reactor, () => settled(2));
      this.#lookAtErrors();
      // Who failed in the middle could not tidy up.
      if (this.#problems.length > 0) return;
      const leftOver = dirty(await leftovers(this.#reactor, this.#runs, held, pass));
      if (leftOver !== undefined) this.#problems.push(leftOver);
    } catch (error) {
      this.#problems.push(error);
    }
  }

  #lookAtErrors(): void {
    const unexpected = this.#log.verdict();
    if (unexpected !== undefined) this.#problems.push(unexpected);
  }

  /** For what comes behind the test. */
  #pass(seconds: number): PromiseLike<void> {
    if (this.#options.byHand) return (this.#reactor as R & Reactor<"clock">).advance(seconds);
    return new Promise((resolve) => void this.#reactor.callLater(seconds, resolve));
  }

  /** Ends everything that is left, so that it disturbs no other test. */
  async #destroy(): Promise<void> {
    const reactor = this.#reactor;
    const giveUp = afterRealSeconds(DESTROY_SECONDS, () => crash(reactor));
    stopIfRunning(reactor);
    const ended = this.#runs.whenEnded();
    if (this.#options.byHand && this.#runs.active) {
      await (reactor as R & Reactor<"clock">).runUntilIdle();
    }
    await ended;
    giveUp();
    this.#runs.close();
    // What comes of a failed test's being cut short is not its own.
    if (this.#problems.length > 0) return;
    await settled(1);
    this.#lookAtErrors();
  }

  /** Throws the first problem that can tell of the others, and has it do so. */
  #judge(): void {
    if (this.#problems.length === 0) return;
    const first = this.#problems.find(canBeAddedTo) ?? this.#problems[0];
    for (const other of this.#problems) {
      if (other !== first) addToMessage(first, `Beside that: ${wordThrown(other)}`);
    }
    throw first;
  }
}

/** Has virtual time stand still until `action` has ended. */
async function inStillTime(reactor: Reactor, action: () => Promise<void>): Promise<void> {
  const goOn = virtualTimeOf(reactor)?.watch({ busy: () => true, verdict: () => undefined });
  await action();
  goOn?.();
}

/** Ends a run that cannot be stopped. */
function crash(reactor: Reactor): void {
  try {
    reactor.crash();
  } catch (error) {
    if (!(error instanceof ReactorNotRunningError)) throw error;
  }
}
