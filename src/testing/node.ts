/** Tests with a reactor each, for Node's own test runner. */
import { test } from "node:test";
import {
  type DefinedTest,
  type ReactorTest,
  type ReactorTestOptions,
  reactorTestsBy,
  type TestBackend,
} from "./kit/reactor-tests.ts";

export * from "./kit/public.ts";

/**
 * As `reactorTests` of `skein/testing/mocha`, for `node --test`: the tests are defined by `test()`
 * of node:test, and may stand in its suites.
 *
 * ```ts no-run
 * import assert from "node:assert/strict";
 * import { deferLater } from "skein/task";
 * import { reactorTests } from "skein/testing/node";
 *
 * const test = reactorTests({ backends: ["libuv", "clock"] });
 *
 * test("a moment passes", async (reactor) => {
 *   const began = reactor.seconds();
 *   await deferLater(reactor, 0.01, () => {});
 *   assert.ok(reactor.seconds() - began >= 0.01);
 * });
 * ```
 *
 * @throws BadOptionError for options that cannot work.
 */
export function reactorTests<N extends TestBackend = "clock">(
  options: ReactorTestOptions<N> = {},
): ReactorTest<N> {
  return reactorTestsBy(define, options);
}

function define({ manner, title, timeoutMs, run }: DefinedTest): void {
  const options = {
    ...(manner !== "plain" && { [manner]: true }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  };
  void test(title, options, () => run(timeoutMs));
}
