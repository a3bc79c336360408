/** Tests with a reactor each, in mocha. */
import { BadOptionError } from "../core/errors.ts";
import {
  type DefinedTest,
  type ReactorTest,
  type ReactorTestOptions,
  reactorTestsBy,
  type TestBackend,
} from "./kit/reactor-tests.ts";

export * from "./kit/public.ts";

interface Running {
  timeout(ms: number): unknown;
  timeout(): number;
}

type Run = (this: Running) => Promise<void>;

/** Of mocha's `it`, what is used here. */
interface It {
  (title: string, run: Run): unknown;
  only(title: string, run: Run): unknown;
  skip(title: string, run: Run): unknown;
}

/**
 * Gives a function that defines tests as `it()` does, each with a reactor of its own. On `clock`,
 * virtual time passes while the test awaits: an hour takes no time.
 *
 * ```ts no-run
 * import { expect } from "chai";
 * import { deferLater } from "skein/task";
 * import { reactorTests } from "skein/testing/mocha";
 *
 * const test = reactorTests();
 *
 * describe("tea", () => {
 *   test("is ready after three minutes", async (reactor) => {
 *     const tea = await deferLater(reactor, 180, () => "tea");
 *     expect(tea).to.equal("tea");
 *     expect(reactor.seconds()).to.equal(180);
 *   });
 * });
 * ```
 *
 * A test fails, and says what is wrong and where it came from, when it leaves something open on its
 * reactor (DirtyReactorError), when errors came that nobody handled and that it did not take by
 * `flushErrors()` (UnexpectedErrorsError), and when it has not ended within its deadline, or can
 * never end (TestDeadlineError). What it leaves is destroyed then: no other test notices.
 *
 * @throws BadOptionError for options that cannot work.
 */
export function reactorTests<N extends TestBackend = "clock">(
  options: ReactorTestOptions<N> = {},
): ReactorTest<N> {
  return reactorTestsBy(define, options);
}

function define({ manner, title, timeoutMs, run }: DefinedTest): void {
  const { it } = globalThis as { it?: It };
  if (it === undefined) {
    throw new BadOptionError("there is no it(): this is for test files that mocha runs");
  }
  const defined = manner === "plain" ? it : it[manner];
  defined(title, function () {
    if (timeoutMs !== undefined) this.timeout(timeoutMs);
    return run(this.timeout());
  });
}
