/** Tests with a reactor each, for any runner. */
import { BadOptionError } from "../../core/errors.ts";
import {
  type backends,
  type ClockReactorOptions,
  createReactor,
  type LibuvOptions,
} from "../../reactor/index.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { ReactorOptions } from "../../reactor/reactor.ts";
import type { ReactorOn } from "../../reactor/registry.ts";
import { type ReactorTestBody, runReactorTest } from "./test-run.ts";

/** A backend that tests can run on. */
export type TestBackend = keyof typeof backends;

/** The kit gets the errors. */
type Own = "onError";

export interface ReactorTestOptions<N extends TestBackend = TestBackend> {
  /** What each test's reactor runs on; `"clock"` unless given. */
  backend?: N;
  /** Several: each test is run on each, and its title says on which. */
  backends?: readonly N[];
  /**
   * Seconds of the reactor's clock that a test has, and each of its cleanups. Unless given, 60; on
   * `clock`, where a test that waits in vain is found out at once, three hours.
   */
  deadline?: number;
  /**
   * Whether a test on `clock` lets time pass itself, by `reactor.advance()`: then there is no
   * deadline, and the reactor runs from the first of these calls. False unless given: time passes
   * while the test awaits.
   */
  byHand?: boolean;
  /** Options of the reactors on `clock`: a seed, a latency. */
  clock?: Omit<ReactorOptions & ClockReactorOptions, Own>;
  /** Options of the reactors on `libuv`. */
  libuv?: Omit<ReactorOptions & LibuvOptions, Own>;
  /** Options of the reactors on `timer`. */
  timer?: Omit<ReactorOptions, Own>;
}

/** Defines a test, as `it()` does; the body gets a reactor of its own, which runs. */
export interface ReactorTest<N extends TestBackend> {
  (title: string, body: ReactorTestBody<ReactorOn<(typeof backends)[N]>>): void;
  /** Runs only such tests. */
  only(title: string, body: ReactorTestBody<ReactorOn<(typeof backends)[N]>>): void;
  /** Runs them not. */
  skip(title: string, body: ReactorTestBody<ReactorOn<(typeof backends)[N]>>): void;
}

export type Manner = "plain" | "only" | "skip";

/** What a runner has to define; a test on real time says how long it may take. */
export interface DefinedTest {
  readonly manner: Manner;
  readonly title: string;
  readonly timeoutMs: number | undefined;
  /** `runnerMs`: so long, in real time, the runner waits for it, where that is known. */
  readonly run: (runnerMs?: number) => Promise<void>;
}

const REAL_SECONDS = 60;
const VIRTUAL_SECONDS = 3 * 3600;
/** What the runner leaves to the kit for cleanups and for destroying what is left. */
const GRACE_SECONDS = 10;

/** `define` hands a test to the runner. */
export function reactorTestsBy<N extends TestBackend = "clock">(
  define: (test: DefinedTest) => void,
  options: ReactorTestOptions<N>,
): ReactorTest<N> {
  const { deadline, byHand = false } = options;
  const names = chosen(options);
  if (deadline !== undefined && !(deadline > 0 && deadline < Infinity)) {
    throw new BadOptionError(`a deadline must be a number of seconds, not ${deadline}`);
  }
  if (byHand && names.some((name) => name !== "clock")) {
    throw new BadOptionError("byHand is for clock: nobody lets real time pass");
  }
  const defining =
    (manner: Manner) =>
    (title: string, body: ReactorTestBody<never>): void => {
      if (typeof body !== "function") {
        throw new BadOptionError(`a test has a title and a function: "${title}" has none`);
      }
      for (const name of names) {
        const real = name !== "clock";
        const seconds = deadline ?? (real ? REAL_SECONDS : VIRTUAL_SECONDS);
        define({
          manner,
          title: names.length === 1 ? title : `${title} (${name})`,
          timeoutMs: real ? (seconds + GRACE_SECONDS) * 1000 : undefined,
          run: (runnerMs) =>
            runReactorTest(
              (onError) => make(name, { debug: true, ...options[name], onError }),
              body as ReactorTestBody<Reactor>,
              { deadlineSeconds: seconds, byHand, runnerMs },
            ),
        });
      }
    };
  return Object.assign(defining("plain"), {
    only: defining("only"),
    skip: defining("skip"),
  });
}

function make(name: TestBackend, options: ReactorOptions): Reactor {
  return createReactor(name, options);
}

function chosen({ backend, backends: several }: ReactorTestOptions): readonly TestBackend[] {
  if (backend !== undefined && several !== undefined) {
    throw new BadOptionError("give a backend, or several backends: not both");
  }
  if (several?.length === 0) throw new BadOptionError("backends must name one at the least");
  return several ?? [backend ?? "clock"];
}
