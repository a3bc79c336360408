/** Tests of the test kit: what a kit's test says, without a runner around it. */
import { reactorTests, type ReactorTestOptions, type TestBackend } from "skein/testing/vitest";
import type { ReactorTest, ReactorTestBody } from "skein/testing/vitest";

/** As vitest runs a test: it says how long it waits. */
type Run = (running?: { task: { timeout: number } }) => Promise<void>;

/** Collects what is defined, in place of a runner. */
export class Bench {
  readonly titles: string[] = [];
  readonly timeouts: (number | undefined)[] = [];
  readonly runs: Run[] = [];

  reactorTests<N extends TestBackend = "clock">(
    options: ReactorTestOptions<N> = {},
  ): ReactorTest<N> {
    const define = (manner: string) => (title: string, run: Run, ms?: number) => {
      this.titles.push(manner + title);
      this.runs.push(run);
      this.timeouts.push(ms);
    };
    const test = Object.assign(define(""), { only: define("only "), skip: define("skip ") });
    return reactorTests(test, options);
  }
}

type OnClock = ReactorTestBody<Parameters<Parameters<ReactorTest<"clock">>[1]>[0]>;

/**
 * Runs a body as a test on `clock`; rejects as the test fails.
 *
 * @param timeout in milliseconds, of a runner that does not wait for ever.
 */
export async function runOnClock(
  body: OnClock,
  options: ReactorTestOptions<"clock"> = {},
  timeout = 0,
): Promise<void> {
  const bench = new Bench();
  bench.reactorTests(options)("", body);
  await bench.runs[0]?.({ task: { timeout } });
}

/** The error that a body fails with, as a test on `clock`. */
export async function failureOnClock(
  body: OnClock,
  options: ReactorTestOptions<"clock"> = {},
  timeout = 0,
): Promise<Error> {
  try {
    await runOnClock(body, options, timeout);
  } catch (error) {
    return error as Error;
  }
  throw new Error("the test has passed");
}

/** What an error says, without the places in files, which change with every edit. */
export function said(error: Error): string[] {
  return error.message
    .replaceAll(/(?:async |<anonymous> )*\(?(?:file:\/\/)?[^\s()]*\/([\w.-]+):\d+:\d+\)?/g, "($1)")
    .split("\n");
}
