/** Tests with a reactor each, for vitest, and others whose `test` takes a timeout last. */
import { BadOptionError } from "../core/errors.ts";
import {
  type ReactorTest,
  type ReactorTestOptions,
  reactorTestsBy,
  type TestBackend,
} from "./kit/reactor-tests.ts";

export * from "./kit/public.ts";

/** Of what vitest gives to a test, what is used here. */
interface Running {
  readonly task?: { readonly timeout?: number };
}

type Define = (
  title: string,
  run: (running?: Running) => Promise<void>,
  timeoutMs?: number,
) => unknown;

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
 * @throws BadOptionError for options that cannot work.
 */
export function reactorTests<N extends TestBackend = "clock">(
  test: TestFunction,
  options: ReactorTestOptions<N> = {},
): ReactorTest<N> {
  if (typeof test !== "function") {
    throw new BadOptionError("give vitest's test: reactorTests(test, options)");
  }
  return reactorTestsBy(({ manner, title, timeoutMs, run }) => {
    const define = manner === "plain" ? test : test[manner];
    define(title, (running) => run(running?.task?.timeout), timeoutMs);
  }, options);
}
