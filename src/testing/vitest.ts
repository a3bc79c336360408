/** Tests with a reactor each, for vitest, and others whose `test` takes a timeout last. */
import {
  type ReactorTest,
  type ReactorTestOptions,
  reactorTestsBy,
  type TestBackend,
} from "./kit/reactor-tests.ts";

export * from "./kit/public.ts";

type Define = (title: string, run: () => Promise<void>, timeoutMs?: number) => unknown;

/** Of vitest's `test`, what is used here. */
export interface TestFunction extends Define {
  readonly only: Define;
  readonly skip: Define;
}

/**
 * As `reactorTests` of `skein/testing/mocha`, for vitest: it is given its `test`.
 *
 * ```ts no-run
 * import { expect, test } from "vitest";
 * import { deferLater } from "skein/task";
 * import { reactorTests } from "skein/testing/vitest";
 *
 * const reactorTest = reactorTests(test);
 *
 * reactorTest("an hour passes", async (reactor) => {
 *   await deferLater(reactor, 3600, () => {});
 *   expect(reactor.seconds()).toBe(3600);
 * });
 * ```
 *
 * Not for `test.concurrent`: what nobody handles has no address.
 *
 * @throws BadOptionError for options that cannot work.
 */
export function reactorTests<N extends TestBackend = "clock">(
  test: TestFunction,
  options: ReactorTestOptions<N> = {},
): ReactorTest<N> {
  return reactorTestsBy(({ manner, title, timeoutMs, run }) => {
    const define = manner === "plain" ? test : test[manner];
    define(title, run, timeoutMs);
  }, options);
}
